"""For those who write plugins: ``zhangfang plugin new | texts | migrate | check | dev``."""
