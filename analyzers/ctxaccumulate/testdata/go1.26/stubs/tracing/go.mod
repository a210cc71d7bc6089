module example.org/tracing

go 1.26
