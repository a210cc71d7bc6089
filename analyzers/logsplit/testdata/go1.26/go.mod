module example.com/shop

go 1.26

require (
	github.com/gin-gonic/gin v0.0.0
	github.com/prometheus/client_golang v0.0.0
	go.opentelemetry.io/otel v0.0.0
)

replace (
	github.com/gin-gonic/gin => ./stubs/gin
	github.com/prometheus/client_golang => ./stubs/prometheus
	go.opentelemetry.io/otel => ./stubs/otel
)
