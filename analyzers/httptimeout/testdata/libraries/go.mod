module example.com/libraries

go 1.26

require (
	github.com/valyala/fasthttp v1.0.0
	go.etcd.io/etcd/client/v3 v3.0.0
	golang.org/x/crypto v0.0.0
)

replace (
	github.com/valyala/fasthttp => ./stubs/fasthttp
	go.etcd.io/etcd/client/v3 => ./stubs/etcd
	golang.org/x/crypto => ./stubs/crypto
)
