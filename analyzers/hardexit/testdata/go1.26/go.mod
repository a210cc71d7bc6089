module example.com/hardexit

go 1.26

require (
	go.uber.org/zap v0.0.0
	google.golang.org/grpc v0.0.0
)

replace (
	go.uber.org/zap => ./stubs/zap
	google.golang.org/grpc => ./stubs/grpc
)
