module example.com/shop

go 1.26

require (
	example.org/redis v0.0.0
	github.com/sony/gobreaker v0.0.0
	golang.org/x/time v0.0.0
	google.golang.org/grpc v0.0.0
)

replace (
	example.org/redis => ./stubs/redis
	github.com/sony/gobreaker => ./stubs/gobreaker
	golang.org/x/time => ./stubs/time
	google.golang.org/grpc => ./stubs/grpc
)
