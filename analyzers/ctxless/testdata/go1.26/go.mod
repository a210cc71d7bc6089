module example.com/shop

go 1.26

require (
	example.org/queue v0.0.0
	github.com/spf13/cobra v0.0.0
	golang.org/x/sync v0.0.0
)

replace (
	example.org/queue => ./stubs/queue
	github.com/spf13/cobra => ./stubs/cobra
	golang.org/x/sync => ./stubs/sync
)
