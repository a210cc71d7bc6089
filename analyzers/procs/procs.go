package procs

import (
	_ "embed"
	"go/ast"
	"go/constant"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/godebug"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "procs",
	Doc:      doc,
	Group:    rule.Threads,
	Class:    rule.Performance,
	Severity: rule.Medium,
	Fixes:    true,
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

// The release whose runtime goes by the CPU limit of the cgroup, and follows it.
const followsLimit = "go1.25"

func run(pass *rule.Pass) error {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	vs := pass.ResultOf[values.Analyzer].(*values.Index)
	c := &checker{
		Pass:     pass,
		root:     root,
		values:   vs,
		seldom:   seldom.New(pass.Pass, pass.Funcs, root),
		requests: requests.New(pass, root, vs, dataflow.New(pass.TypesInfo)),
		follows:  follows(pass.Pass),
	}
	for cur := range root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if k := pass.Funcs.Call(call); k != nil && k.Func != nil && !vs.InTest(call.Pos()) {
			c.call(cur, k)
		}
	}
	c.imports()
	return nil
}

// follows reports whether the runtime of the program goes by the cgroup's limit
// unless it is told a number.
func follows(pass *analysis.Pass) bool {
	for _, setting := range []string{"containermaxprocs", "updatemaxprocs"} {
		if v, ok := godebug.Setting(pass, setting); ok && v == "0" {
			return false
		}
	}
	return godebug.AtLeast(pass, followsLimit)
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root     inspector.Cursor
	values   *values.Index
	seldom   *seldom.Index
	requests *requests.Index
	follows  bool
}

func (c *checker) call(cur inspector.Cursor, k *funcs.Call) {
	switch k.FullName() {
	case "runtime.GOMAXPROCS":
		c.set(cur, k)
	case library + "/maxprocs.Set":
		if c.follows {
			c.automatic(k.Site, nil)
		}
	}
}

// set judges a call of GOMAXPROCS.
func (c *checker) set(cur inspector.Cursor, k *funcs.Call) {
	arg := k.Site.Args[0]
	n, known := c.number(arg)
	switch {
	case known && n <= 0: // it only asks
	case c.Hotness.HotAt(k.Site.Pos()) != nil, c.Hotness.RootAt(k.Site.Pos()) != nil, c.requests.Ticks(k.Site.Pos()):
		// Rule stw has that it stops the world.
	case c.seldom.Loop(k.Site.Lparen) != nil:
		c.report(cur, k, rule.Likely, "in a loop",
			"GOMAXPROCS with a number stops every goroutine to set up the processors anew, in each turn of this loop",
			"set it once, at start-up, or leave it to the runtime")
	case !c.follows:
	case c.cpus(arg, 3):
		c.report(cur, k, rule.Likely, "number of CPUs", "GOMAXPROCS of the machine's CPUs: NumCPU knows no CPU limit of the container, so the threads use up its quota and are stopped for the rest of each period; and "+frozen,
			"drop the call: since Go 1.25 the default goes by the limit, and follows it when it changes")
	case known && n == 1:
		// One thread at a time is a decision, and not about how many CPUs there are.
	case known && !c.unlessSet(k):
		c.report(cur, k, rule.Likely, "constant", "GOMAXPROCS of a constant: "+frozen+", so a container with a smaller limit is throttled and one with a larger limit leaves it unused",
			"drop the call: since Go 1.25 the default goes by the limit; where a number is wanted, the environment variable GOMAXPROCS sets it for one deployment")
	case c.computes(arg):
		c.report(cur, k, rule.Suspected, "computed", "GOMAXPROCS of a number that the program works out: "+frozen,
			"see whether the default of Go 1.25 is what is worked out here: the cgroup's limit, rounded up, and no less than 2")
	}
}

const frozen = "a number turns off the default of Go 1.25, which goes by the CPU limit of the cgroup and follows it"

// number returns the constant that e is.
func (c *checker) number(e ast.Expr) (int64, bool) {
	v := c.TypesInfo.Types[e].Value
	if v == nil {
		if e = c.values.Value(e); e == nil {
			return 0, false
		}
		v = c.TypesInfo.Types[e].Value
	}
	if v == nil {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(v))
}

// cpus reports whether e is made of the number of CPUs, by itself or by way of
// variables with one value.
func (c *checker) cpus(e ast.Expr, depth int) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || values.Callee(c.TypesInfo, n) == "runtime.NumCPU"
		case *ast.Ident:
			if v := c.values.Value(n); v != nil && v != ast.Expr(n) && depth > 0 {
				found = found || c.cpus(v, depth-1)
			}
		}
		return !found
	})
	return found
}

// computes reports whether e is the result of a function, by itself or by way of a
// local variable: what is configured is somebody's decision.
func (c *checker) computes(e ast.Expr) bool {
	exprs := []ast.Expr{e}
	if v := c.values.Variable(e); v != nil && dataflow.LocalVar(v) != nil {
		list, _ := c.values.Given(v)
		exprs = append(exprs, list...)
	}
	for _, e := range exprs {
		if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
			if k := c.Funcs.Call(call); k != nil && k.Callee != nil {
				return true
			}
		}
	}
	return false
}

// unlessSet reports whether the call is made only if the environment says nothing:
// then it is a default that whoever runs the program can change.
func (c *checker) unlessSet(k *funcs.Call) bool {
	return c.requests.Behind(k.Site.Pos(), func(cond ast.Expr) bool { return c.asksEnvironment(cond, 2) })
}

func (c *checker) asksEnvironment(e ast.Expr, depth int) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := values.Callee(c.TypesInfo, n)
			if (name == "os.Getenv" || name == "os.LookupEnv") && len(n.Args) == 1 {
				v := c.TypesInfo.Types[n.Args[0]].Value
				found = found || v != nil && v.Kind() == constant.String && constant.StringVal(v) == "GOMAXPROCS"
			}
		case *ast.Ident:
			if v := c.values.Value(n); v != nil && v != ast.Expr(n) && depth > 0 {
				found = found || c.asksEnvironment(v, depth-1)
			}
		}
		return !found
	})
	return found
}

func (c *checker) report(cur inspector.Cursor, k *funcs.Call, tier rule.Tier, cause, message, mend string) {
	f := rule.Finding{
		Pos:       k.Site.Pos(),
		End:       k.Site.End(),
		Tier:      tier,
		Message:   message,
		Cause:     cause,
		Primitive: "runtime.GOMAXPROCS",
		Mend:      mend,
	}
	if cause == "number of CPUs" || cause == "constant" {
		f.Fixes = c.drop(cur)
	}
	c.Report(f)
}

// library sets GOMAXPROCS by the CPU limit, as the runtime itself has since done.
const library = "go.uber.org/automaxprocs"

// imports reports the import that sets GOMAXPROCS by being there.
func (c *checker) imports() {
	if !c.follows {
		return
	}
	for cur := range c.root.Preorder((*ast.ImportSpec)(nil)) {
		spec := cur.Node().(*ast.ImportSpec)
		if path := strings.Trim(spec.Path.Value, "`\""); path == library && !c.values.InTest(spec.Pos()) {
			c.automatic(spec, c.dropImport(spec))
		}
	}
}

func (c *checker) automatic(at ast.Node, fixes []analysis.SuggestedFix) {
	c.Report(rule.Finding{
		Pos:       at.Pos(),
		End:       at.End(),
		Tier:      rule.Likely,
		Message:   "automaxprocs sets GOMAXPROCS once, to the CPU limit rounded down, so that 1.5 CPUs give one thread: " + frozen,
		Cause:     "automaxprocs",
		Primitive: library,
		Mend:      "drop it: since Go 1.25 the runtime does this itself, rounds up, and looks again when the limit changes",
		Fixes:     fixes,
	})
}
