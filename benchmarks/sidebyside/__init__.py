"""Kvorum beside etcd: one run, the same machine, the same load tool, figures as pair ratios."""
