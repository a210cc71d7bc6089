module example.com/shop

go 1.26

require (
	github.com/cenkalti/backoff/v4 v4.0.0
	github.com/gin-gonic/gin v1.0.0
	github.com/go-chi/chi/v5 v5.0.0
	google.golang.org/grpc v1.0.0
)

replace (
	github.com/cenkalti/backoff/v4 => ./fake/backoff
	github.com/gin-gonic/gin => ./fake/gin
	github.com/go-chi/chi/v5 => ./fake/chi
	google.golang.org/grpc => ./fake/grpc
)
