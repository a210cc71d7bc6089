module example.com/shop

go 1.26

require example.org/tracing v0.0.0

replace example.org/tracing => ./stubs/tracing
