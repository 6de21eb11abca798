"""Functions of PostgreSQL that a plugin's own SQL may call: they compute from what they are given.

A list of what may, since PostgreSQL and its extensions have thousands: among those that a plugin has no need of are some that read and set what
row-level security asks (``set_config``), run SQL that stands in a string (``query_to_xml``, ``ts_stat``, ``ts_rewrite``, ``dblink``), read files and
other processes (``pg_*``, ``lo_*``), move others' sequences (``setval``), or are core's own (``app_*``). A test asks the catalogue
of the running PostgreSQL: none of these writes, and only clocks and chance are not fixed by their arguments. What is syntax (``cast``, ``extract``,
``coalesce``, ``any``, ``substring(… from …)``) is no function here. Advisory locks that end with the transaction are among them: a
plugin has to keep two people apart somehow, and one that locks what is core's is ended by the limits of its transaction.
"""

_AGGREGATES = """array_agg avg bit_and bit_or bool_and bool_or corr count covar_pop covar_samp every grouping json_agg json_object_agg
    jsonb_agg jsonb_object_agg max min mode percentile_cont percentile_disc regr_slope regr_intercept stddev stddev_pop
    stddev_samp string_agg sum var_pop var_samp variance"""
_WINDOWS = "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number"
_CONDITIONS = "coalesce greatest least nullif num_nonnulls num_nulls"
_NUMBERS = """abs bit_count ceil ceiling div exp floor ln log log10 mod pi power random round scale sign sqrt trim_scale trunc
    width_bucket"""
_TEXTS = """ascii bit_length btrim char_length character_length chr concat concat_ws decode encode format initcap left length lower
    lpad ltrim md5 normalize octet_length overlay position quote_ident quote_literal regexp_count regexp_instr regexp_like regexp_match
    regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim sha256
    sha512 split_part starts_with string_to_array string_to_table strpos substr substring to_char to_date to_hex to_number to_timestamp
    translate trim unaccent unistr upper"""
_DAYS = """age clock_timestamp date_bin date_part date_trunc extract isfinite justify_days justify_hours justify_interval make_date
    make_interval make_time make_timestamp make_timestamptz now statement_timestamp timezone transaction_timestamp"""
_LISTS = """array_append array_cat array_length array_lower array_ndims array_position array_positions array_prepend array_remove
    array_replace array_to_string array_upper cardinality generate_series generate_subscripts unnest"""
_JSON = """array_to_json json_array_elements json_array_elements_text json_array_length json_build_array json_build_object json_each
    json_each_text json_extract_path json_extract_path_text json_object json_object_keys json_strip_nulls json_typeof jsonb_array_elements
    jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path
    jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query
    jsonb_path_query_array jsonb_path_query_first jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record
    jsonb_to_recordset jsonb_typeof json_to_record json_to_recordset row_to_json to_json to_jsonb"""
_SEARCH = """numnode phraseto_tsquery plainto_tsquery querytree setweight similarity strict_word_similarity strip to_tsquery to_tsvector
    ts_headline ts_rank ts_rank_cd websearch_to_tsquery word_similarity"""
_RANGES = """daterange int4range int8range isempty lower_inc lower_inf numrange range_agg range_merge tsrange tstzrange upper_inc
    upper_inf"""
_KEYS = "gen_random_uuid hashtext hashtextextended"
_LOCKS = "pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared"

PLAIN_FUNCTIONS = frozenset(
    " ".join((
        *(_AGGREGATES, _WINDOWS, _CONDITIONS, _NUMBERS, _TEXTS, _DAYS, _LISTS, _JSON, _SEARCH, _RANGES, _KEYS, _LOCKS),
    )).split()
)  # fmt: skip
"""By name, in small letters."""

NOT_FIXED = frozenset({"random", "clock_timestamp", "gen_random_uuid", *_LOCKS.split()})
"""Those of them that answer differently each time, or lock."""
