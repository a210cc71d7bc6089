// Package fasthttp has what the fixtures need of the real one.
package fasthttp

type RequestCtx struct{}
