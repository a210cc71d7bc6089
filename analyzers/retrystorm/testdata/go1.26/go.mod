module example.com/shop

go 1.26

require (
	example.org/backoff v0.0.0
	example.org/kv v0.0.0
	google.golang.org/grpc v0.0.0
)

replace (
	example.org/backoff => ./stubs/backoff
	example.org/kv => ./stubs/kv
	google.golang.org/grpc => ./stubs/grpc
)
