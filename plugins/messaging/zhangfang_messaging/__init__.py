"""E-mail by SMTP and SMS by Alibaba Cloud."""
