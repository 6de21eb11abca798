"""What tests of core and of plugins stand on: a fresh real database each, firms, people, and the whole portal in process."""
