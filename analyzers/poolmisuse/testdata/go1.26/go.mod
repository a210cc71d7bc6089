module example.com/pools

go 1.26

require example.org/logger v1.0.0

replace example.org/logger => ./stubs/logger
