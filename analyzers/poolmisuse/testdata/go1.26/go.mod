module example.com/pools

go 1.26

require (
	example.org/logger v1.0.0
	example.org/sized v1.0.0
)

replace (
	example.org/logger => ./stubs/logger
	example.org/sized => ./stubs/sized
)
