// Package gin has the shapes of the framework of that name.
package gin

import (
	"context"
	"net/http"
)

type Context struct {
	context.Context
	Request *http.Request
}

type HandlerFunc func(*Context)

type RouterGroup struct{}

func (*RouterGroup) GET(path string, h ...HandlerFunc)  {}
func (*RouterGroup) POST(path string, h ...HandlerFunc) {}
func (g *RouterGroup) Group(path string) *RouterGroup   { return g }

type Engine struct{ RouterGroup }

func New() *Engine { return new(Engine) }

func (*Engine) Run(addr ...string) error { return nil }
