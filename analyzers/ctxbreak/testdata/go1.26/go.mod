module example.com/shop

go 1.26

require (
	example.org/redis v0.0.0
	google.golang.org/grpc v0.0.0
)

replace (
	example.org/redis => ./stubs/redis
	google.golang.org/grpc => ./stubs/grpc
)
