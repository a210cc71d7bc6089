package hotpath

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A typeName is a named type, known by the path of its package without a major
// version, and its name.
type typeName struct{ path, name string }

// A shape is a list of parameters by which the handler of a request is known,
// wherever and however it is registered.
type shape struct {
	detail string
	params []typeName // or pointers to them
	// callback asks that there be no other parameters, a context excepted,
	// and that the function be a literal or be passed to something: clients
	// also take such a value.
	callback bool
	method   string // if not empty, the name that it must have
}

var shapes = []shape{
	{detail: "HTTP handler", params: []typeName{{"net/http", "ResponseWriter"}, {"net/http", "Request"}}},
	{detail: "fasthttp handler", params: []typeName{{"github.com/valyala/fasthttp", "RequestCtx"}}},
	{detail: "gin handler", params: []typeName{{"github.com/gin-gonic/gin", "Context"}}},
	{detail: "echo handler", params: []typeName{{"github.com/labstack/echo", "Context"}}},
	{detail: "fiber handler", params: []typeName{{"github.com/gofiber/fiber", "Ctx"}}},
	{detail: "gRPC interceptor", params: []typeName{{"google.golang.org/grpc", "UnaryServerInfo"}}},
	{detail: "gRPC interceptor", params: []typeName{{"google.golang.org/grpc", "StreamServerInfo"}}},
	{detail: "sarama consumer", method: "ConsumeClaim", params: []typeName{{"github.com/IBM/sarama", "ConsumerGroupClaim"}}},
	{detail: "sarama consumer", method: "ConsumeClaim", params: []typeName{{"github.com/Shopify/sarama", "ConsumerGroupClaim"}}},
	{detail: "NATS handler", callback: true, params: []typeName{{"github.com/nats-io/nats.go", "Msg"}}},
	{detail: "NATS handler", callback: true, params: []typeName{{"github.com/nats-io/nats.go/jetstream", "Msg"}}},
	{detail: "Pub/Sub handler", callback: true, params: []typeName{{"cloud.google.com/go/pubsub", "Message"}}},
}

// requestRoots finds the functions that are roots by themselves. Those of test
// files are so only by directive: what a test serves is no request.
func (b *builder) requestRoots(patterns []pattern) map[*funcs.Func]string {
	roots := make(map[*funcs.Func]string)
	mark := func(f *funcs.Func, detail string) {
		if f != nil && roots[f] == "" {
			roots[f] = detail
		}
	}
	callbacks := b.imports(func(path string) bool {
		return slices.ContainsFunc(shapes, func(s shape) bool { return s.callback && s.params[0].path == path })
	})
	for _, f := range b.index.Funcs {
		for _, d := range b.bound[f] {
			if d.Kind == directive.Root && roots[f] == "" {
				roots[f] = d.Said
			}
		}
		if f.Obj != nil && matchAny(patterns, f.Obj) {
			mark(f, "root by configuration")
		}
		if s := shapeOf(f); s != nil && (!s.callback || f.Obj == nil) {
			mark(f, s.detail)
		}
		for _, c := range f.Out {
			b.registration(c, mark)
			if callbacks {
				b.passedHandlers(c, mark)
			}
		}
	}
	b.embeddedServices(mark)
	return roots
}

// imports reports whether the package imports a path that is accepted, its
// major version left out.
func (b *builder) imports(accept func(path string) bool) bool {
	return slices.ContainsFunc(b.pass.Pkg.Imports(), func(p *types.Package) bool { return accept(withoutVersion(p.Path())) })
}

// shapeOf returns the shape of handler that f has, or nil.
func shapeOf(f *funcs.Func) *shape {
	if f.Sig == nil || f.Sig.Params().Len() == 0 {
		return nil
	}
	var params []typeName
	for v := range f.Sig.Params().Variables() {
		params = append(params, nameOf(v.Type()))
	}
	for i := range shapes {
		s := &shapes[i]
		if s.method != "" && (f.Obj == nil || f.Obj.Name() != s.method) {
			continue
		}
		if s.callback && !onlyParams(params, s.params[0]) {
			continue
		}
		if !slices.ContainsFunc(s.params, func(p typeName) bool { return !slices.Contains(params, p) }) {
			return s
		}
	}
	return nil
}

func onlyParams(params []typeName, p typeName) bool {
	if params[0] == (typeName{"context", "Context"}) {
		params = params[1:]
	}
	return len(params) == 1 && params[0] == p
}

// nameOf returns the name of t, or of what it points to.
func nameOf(t types.Type) typeName {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return typeName{}
	}
	return typeName{withoutVersion(packagePath(n.Obj().Pkg())), n.Obj().Name()}
}

// withoutVersion removes a major version from the end of an import path.
func withoutVersion(path string) string {
	i := strings.LastIndex(path, "/v")
	if i < 0 || strings.Trim(path[i+2:], "0123456789") != "" || i+2 == len(path) {
		return path
	}
	return path[:i]
}

// passedHandlers marks declared functions of a callback's shape that a call passes on.
func (b *builder) passedHandlers(c *funcs.Call, mark func(*funcs.Func, string)) {
	for _, arg := range c.Site.Args {
		if f := b.denotes(arg); f != nil {
			if s := shapeOf(f); s != nil && s.callback {
				mark(f, s.detail)
			}
		}
	}
}

var registerName = regexp.MustCompile(`^Register(\w+Server)$`)

// registration marks the methods of a gRPC service where it is registered:
// RegisterGreeterServer(s, &greeter{}), whose first parameter is the gRPC
// server and whose second is the interface that the service implements.
func (b *builder) registration(c *funcs.Call, mark func(*funcs.Func, string)) {
	if c.Func == nil || len(c.Site.Args) != 2 || !registerName.MatchString(c.Func.Name()) {
		return
	}
	params := c.Func.Signature().Params()
	if params.Len() != 2 {
		return
	}
	s := nameOf(params.At(0).Type())
	if s.path != "google.golang.org/grpc" || s.name != "Server" && s.name != "ServiceRegistrar" {
		return
	}
	b.service(b.pass.TypesInfo.TypeOf(c.Site.Args[1]), params.At(1).Type(), mark)
}

var unimplementedName = regexp.MustCompile(`^(?:Unimplemented|Unsafe)(\w+Server)$`)

// embeddedServices marks the methods of types that embed what protoc-gen-go-grpc
// has every service embed: such a type may be registered in another package.
func (b *builder) embeddedServices(mark func(*funcs.Func, string)) {
	scope := b.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		st, ok := scope.Lookup(name).Type().Underlying().(*types.Struct)
		if _, isType := scope.Lookup(name).(*types.TypeName); !ok || !isType {
			continue
		}
		for f := range st.Fields() {
			n, ok := types.Unalias(f.Type()).(*types.Named)
			if !ok || !f.Embedded() || n.Obj().Pkg() == nil {
				continue
			}
			m := unimplementedName.FindStringSubmatch(n.Obj().Name())
			if m == nil {
				continue
			}
			if iface := n.Obj().Pkg().Scope().Lookup(m[1]); iface != nil {
				b.service(scope.Lookup(name).Type(), iface.Type(), mark)
			}
		}
	}
}

// service marks the methods of impl that belong to the interface iface.
func (b *builder) service(impl, iface types.Type, mark func(*funcs.Func, string)) {
	it, ok := iface.Underlying().(*types.Interface)
	if !ok || impl == nil || types.IsInterface(impl) {
		return
	}
	if _, ok := impl.(*types.Pointer); !ok {
		impl = types.NewPointer(impl)
	}
	for m := range it.Methods() {
		if strings.HasPrefix(m.Name(), "mustEmbed") {
			continue
		}
		obj, _, _ := types.LookupFieldOrMethod(impl, true, m.Pkg(), m.Name())
		if fn, ok := obj.(*types.Func); ok {
			mark(b.index.Declared(fn), "gRPC method")
		}
	}
}

// reachable passes rootness down from the roots and from the bodies of the
// loops that receive messages. A goroutine that a request spawns runs on its
// behalf, and so does the error path.
func (b *builder) reachable(roots map[*funcs.Func]string, consumers []consumer) map[*funcs.Func]*Root {
	reached := make(map[*funcs.Func]*Root)
	var queue []*funcs.Func
	reach := func(f *funcs.Func, r *Root) {
		if reached[f] == nil {
			reached[f] = r
			queue = append(queue, f)
		}
	}
	for _, f := range b.index.Funcs {
		if detail := roots[f]; detail != "" {
			reach(f, &Root{Detail: detail})
		}
	}
	for _, c := range consumers {
		for _, e := range b.edges(c.fn) {
			if within(c.body, e.step.Pos) {
				reach(e.callee, &Root{Detail: c.detail, Via: []Step{e.step}})
			}
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		r := reached[queue[0]]
		for _, e := range b.edges(queue[0]) {
			reach(e.callee, &Root{Detail: r.Detail, Via: append(slices.Clip(r.Via), e.step)})
		}
	}
	return reached
}

// A consumer is a loop that receives messages, each of which is a request.
type consumer struct {
	fn     *funcs.Func
	body   *ast.BlockStmt
	detail string
}

// deliveries are the messages that come over a channel.
var deliveries = map[typeName]string{
	{"github.com/rabbitmq/amqp091-go", "Delivery"}:   "AMQP consumer",
	{"github.com/streadway/amqp", "Delivery"}:        "AMQP consumer",
	{"github.com/IBM/sarama", "ConsumerMessage"}:     "sarama consumer",
	{"github.com/Shopify/sarama", "ConsumerMessage"}: "sarama consumer",
	{"github.com/nats-io/nats.go", "Msg"}:            "NATS consumer",
}

// receivers are the methods that wait for the next message.
var receivers = map[typeName]struct {
	methods []string
	detail  string
}{
	{"github.com/segmentio/kafka-go", "Reader"}:                      {[]string{"FetchMessage", "ReadMessage"}, "kafka-go consumer"},
	{"github.com/confluentinc/confluent-kafka-go/kafka", "Consumer"}: {[]string{"ReadMessage", "Poll"}, "Kafka consumer"},
	{"github.com/confluentinc/confluent-kafka-go", "Consumer"}:       {[]string{"ReadMessage", "Poll"}, "Kafka consumer"},
	{"github.com/nats-io/nats.go", "Subscription"}:                   {[]string{"NextMsg", "NextMsgWithContext", "Fetch"}, "NATS consumer"},
}

// consumers finds the loops that receive messages.
func (b *builder) consumers() []consumer {
	if !b.mayConsume() {
		return nil
	}
	var cs []consumer
	for _, f := range b.index.Funcs {
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false // a function of its own
			case *ast.RangeStmt:
				if ch, ok := typeOf(b.pass.TypesInfo, n.X).Underlying().(*types.Chan); ok {
					if detail := deliveries[nameOf(ch.Elem())]; detail != "" {
						cs = append(cs, consumer{f, n.Body, detail})
					}
				}
			case *ast.ForStmt:
				if detail := b.receives(n); detail != "" {
					cs = append(cs, consumer{f, n.Body, detail})
				}
			}
			return true
		})
	}
	return cs
}

// mayConsume reports whether the package imports a client of a message broker.
func (b *builder) mayConsume() bool {
	return b.imports(func(path string) bool {
		for t := range deliveries {
			if t.path == path {
				return true
			}
		}
		for t := range receivers {
			if t.path == path {
				return true
			}
		}
		return false
	})
}

// receives says what messages the statements directly in a loop wait for.
func (b *builder) receives(loop *ast.ForStmt) (detail string) {
	ast.Inspect(loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.RangeStmt:
			return false
		case *ast.ForStmt:
			return n == loop // around a loop that receives, one that connects again
		case *ast.CallExpr:
			c := b.index.Call(n)
			if c == nil || c.Func == nil || c.Func.Signature().Recv() == nil {
				return true
			}
			r := receivers[nameOf(c.Func.Signature().Recv().Type())]
			if slices.Contains(r.methods, c.Func.Name()) {
				detail = r.detail
			}
		case *ast.UnaryExpr:
			if ch, ok := typeOf(b.pass.TypesInfo, n.X).Underlying().(*types.Chan); ok && n.Op == token.ARROW {
				detail = deliveries[nameOf(ch.Elem())]
			}
		}
		return detail == ""
	})
	return detail
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
