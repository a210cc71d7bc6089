module example.org/backoff

go 1.26
