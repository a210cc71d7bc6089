module example.com/shop

go 1.26

require github.com/gin-gonic/gin v0.0.0

replace github.com/gin-gonic/gin => ./stubs/gin
