module example.com/hot

go 1.26

require (
	google.golang.org/grpc v1.0.0
	github.com/gin-gonic/gin v1.0.0
	github.com/labstack/echo/v4 v4.0.0
	github.com/gofiber/fiber/v2 v2.0.0
	github.com/valyala/fasthttp v1.0.0
	github.com/IBM/sarama v1.0.0
	github.com/nats-io/nats.go v1.0.0
	github.com/rabbitmq/amqp091-go v1.0.0
	github.com/segmentio/kafka-go v0.4.0
)

replace (
	google.golang.org/grpc => ./stubs/grpc
	github.com/gin-gonic/gin => ./stubs/gin
	github.com/labstack/echo/v4 => ./stubs/echo
	github.com/gofiber/fiber/v2 => ./stubs/fiber
	github.com/valyala/fasthttp => ./stubs/fasthttp
	github.com/IBM/sarama => ./stubs/sarama
	github.com/nats-io/nats.go => ./stubs/nats
	github.com/rabbitmq/amqp091-go => ./stubs/amqp
	github.com/segmentio/kafka-go => ./stubs/kafka
)
