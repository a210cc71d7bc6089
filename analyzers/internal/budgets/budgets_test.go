package budgets_test

import (
	"go/ast"
	"testing"
	"time"

	"github.com/lagvet/lagvet/analyzers/internal/budgets"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

const prelude = `package p

import (
	"context"
	"net/http"
	"time"
)

var (
	_ *http.Request
	_ time.Duration
)

func use(context.Context) {}
func send(*http.Request) {}

type key struct{}

`

// Each case has a function f that calls use or send; the first call's argument is
// asked for.
var cases = map[string]struct {
	src   string
	state budgets.State
	limit time.Duration
}{
	"background":             {`func f() { use(context.Background()) }`, budgets.Endless, 0},
	"a timeout":              {`func f() { ctx, c := context.WithTimeout(context.Background(), time.Second); defer c(); use(ctx) }`, budgets.Bounded, time.Second},
	"a timeout under one":    {`func f() { a, c := context.WithTimeout(context.Background(), time.Second); defer c(); b, d := context.WithTimeout(a, time.Minute); defer d(); use(b) }`, budgets.Bounded, time.Second},
	"a deadline":             {`func f() { ctx, c := context.WithDeadline(context.Background(), time.Now().Add(time.Minute)); defer c(); use(ctx) }`, budgets.Bounded, time.Minute},
	"not constant":           {`func f(d time.Duration) { ctx, c := context.WithTimeout(context.Background(), d); defer c(); use(ctx) }`, budgets.Bounded, 0},
	"with a value":           {`func f() { use(context.WithValue(context.TODO(), key{}, 1)) }`, budgets.Endless, 0},
	"cancelled":              {`func f() { ctx, c := context.WithCancel(context.Background()); defer c(); use(ctx) }`, budgets.Endless, 0},
	"cancelled by a timer":   {`func f() { ctx, c := context.WithCancel(context.Background()); time.AfterFunc(1, c); use(ctx) }`, budgets.Unknown, 0},
	"cancelled elsewhere":    {`func f() { ctx, c := context.WithCancel(context.Background()); go func() { time.Sleep(1); c() }(); use(ctx) }`, budgets.Unknown, 0},
	"without cancel":         {`func f(ctx context.Context) { use(context.WithoutCancel(ctx)) }`, budgets.Endless, 0},
	"no caller seen":         {`func f(ctx context.Context) { use(ctx) }`, budgets.Unseen, 0},
	"callers bound it":       {`func f(ctx context.Context) { use(ctx) }; func g() { ctx, c := context.WithTimeout(context.Background(), 5); defer c(); f(ctx) }; func h() { ctx, c := context.WithTimeout(context.Background(), 9); defer c(); f(ctx) }`, budgets.Bounded, 9},
	"one caller does not":    {`func f(ctx context.Context) { use(ctx) }; func g() { ctx, c := context.WithTimeout(context.Background(), 5); defer c(); f(ctx) }; func h() { f(context.TODO()) }`, budgets.Endless, 0},
	"bounded on a condition": {`func f(b bool) { ctx := context.Background(); if b { var c func(); ctx, c = context.WithTimeout(ctx, 5); defer c() }; use(ctx) }`, budgets.Bounded, 0},
	"given if there is none": {`func f(ctx context.Context) { if ctx == nil { ctx = context.Background() }; use(ctx) }`, budgets.Unseen, 0},
	"by a helper":            {`func w(ctx context.Context) (context.Context, func()) { ctx, c := context.WithTimeout(ctx, 7); return ctx, c }; func f() { ctx, c := w(context.Background()); defer c(); use(ctx) }`, budgets.Bounded, 7},
	"a helper, this call":    {`func w(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, 1) }; func f() { use(w(context.Background())) }; func g() { ctx, c := context.WithTimeout(context.Background(), 7); defer c(); w(ctx) }`, budgets.Endless, 0},
	"of the process":         {`type s struct{ ctx context.Context }; func n() *s { ctx, _ := context.WithCancel(context.Background()); return &s{ctx: ctx} }; func (x *s) f() { use(x.ctx) }`, budgets.Endless, 0},
	"of an owner":            {`type s struct{ ctx context.Context }; func n(ctx context.Context) *s { return &s{ctx: ctx} }; func (x *s) f() { use(x.ctx) }`, budgets.Unknown, 0},
	"request":                {`func f() { r, _ := http.NewRequest("", "", nil); send(r) }`, budgets.Endless, 0},
	"request, bounded later": {`func f() { ctx, c := context.WithTimeout(context.Background(), 3); defer c(); r, _ := http.NewRequest("", "", nil); r = r.WithContext(ctx); send(r) }`, budgets.Bounded, 3},
	"request, by a helper":   {`func m(ctx context.Context) (*http.Request, error) { return http.NewRequestWithContext(ctx, "", "", nil) }; func f() { r, err := m(context.Background()); if err != nil { return }; send(r) }`, budgets.Endless, 0},
	"request that came in":   {`func f(w http.ResponseWriter, r *http.Request) { send(r) }`, budgets.Incoming, 0},
	"of one that came in":    {`func f(w http.ResponseWriter, r *http.Request) { use(r.Context()) }`, budgets.Incoming, 0},
	"a closure":              {`func f() { ctx := context.Background(); func() { use(ctx) }() }`, budgets.Endless, 0},
	"its own parameter":      {`func f(ctx context.Context) { ctx, c := context.WithTimeout(ctx, 9); defer c(); use(ctx) }; func g() { ctx, c := context.WithTimeout(context.Background(), 5); defer c(); f(ctx) }`, budgets.Bounded, 5},
	"given again, later":     {`func f() { ctx := context.Background(); use(ctx); ctx, c := context.WithTimeout(ctx, 9); defer c() }`, budgets.Endless, 0},
	"given again, in a loop": {`func f() { ctx := context.Background(); for { use(ctx); var c func(); ctx, c = context.WithTimeout(ctx, 9); defer c() } }`, budgets.Bounded, 0},
	"recursion":              {`func f(ctx context.Context) { f(ctx); use(ctx) }`, budgets.Unknown, 0},
}

// What a function is given ends the walk, and is told apart from what it sets.
var own = map[string]struct {
	src      string
	limit    time.Duration
	inherits bool
}{
	"as it comes":            {`func f(ctx context.Context) { use(ctx) }`, 0, true},
	"callers do not count":   {`func f(ctx context.Context) { use(ctx) }; func g() { ctx, c := context.WithTimeout(context.Background(), 5); defer c(); f(ctx) }`, 0, true},
	"with a deadline":        {`func f(ctx context.Context) { ctx, c := context.WithTimeout(ctx, 5); defer c(); use(ctx) }`, 5, true},
	"with two":               {`func f(ctx context.Context) { a, c := context.WithTimeout(ctx, 5); defer c(); b, d := context.WithTimeout(a, 3); defer d(); use(b) }`, 3, true},
	"with a value":           {`func f(ctx context.Context) { use(context.WithValue(ctx, key{}, 1)) }`, 0, true},
	"detached":               {`func f(ctx context.Context) { use(context.WithoutCancel(ctx)) }`, 0, false},
	"detached, a deadline":   {`func f(ctx context.Context) { a, c := context.WithTimeout(context.WithoutCancel(ctx), 5); defer c(); use(a) }`, 5, false},
	"of the process":         {`func f(ctx context.Context) { use(context.Background()) }`, 0, false},
	"of a request":           {`func f(w http.ResponseWriter, r *http.Request) { use(r.Context()) }`, 0, true},
	"in a request":           {`func f(ctx context.Context) { r, _ := http.NewRequestWithContext(ctx, "", "", nil); send(r) }`, 0, true},
	"in none":                {`func f(ctx context.Context) { r, _ := http.NewRequest("", "", nil); send(r) }`, 0, false},
	"captured":               {`func f(ctx context.Context) { ctx, c := context.WithTimeout(ctx, 5); defer c(); func() { use(ctx) }() }`, 5, true},
	"by a helper":            {`func w(ctx context.Context) (context.Context, func()) { ctx, c := context.WithTimeout(ctx, 7); return ctx, c }; func f(ctx context.Context) { a, c := w(ctx); defer c(); use(a) }`, 7, true},
	"what another one holds": {`func f(r *http.Request) { use(r.Clone(context.Background()).Context()) }`, 0, false},
	"of one's own type":      {`type s struct{ ctx context.Context }; func (x *s) Context() context.Context { return x.ctx }; func f(x *s) { use(x.Context()) }`, 0, false},
}

func TestOwn(t *testing.T) {
	l := passtest.NewLoader()
	for name, c := range own {
		t.Run(name, func(t *testing.T) {
			p := l.Load(t, prelude+c.src, values.Analyzer, budgets.Analyzer)
			x := p.ResultOf[budgets.Analyzer].(*budgets.Index)
			asked := false
			for _, f := range p.Funcs.Funcs {
				for _, call := range f.Out {
					id, ok := call.Site.Fun.(*ast.Ident)
					if !ok || id.Name != "use" && id.Name != "send" {
						continue
					}
					asked = true
					if got := x.Own(f, call.Site.Args[0]); got.Limit != c.limit || got.Inherits != c.inherits {
						t.Errorf("%s\nis found with limit %v, inherits %t, want %v, %t", c.src, got.Limit, got.Inherits, c.limit, c.inherits)
					}
				}
			}
			if !asked {
				t.Fatal("no call of use or send")
			}
		})
	}
}

func TestBudgets(t *testing.T) {
	l := passtest.NewLoader()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := l.Load(t, prelude+c.src, values.Analyzer, budgets.Analyzer)
			x := p.ResultOf[budgets.Analyzer].(*budgets.Index)
			for _, f := range p.Funcs.Funcs {
				for _, call := range f.Out {
					id, ok := call.Site.Fun.(*ast.Ident)
					if !ok || id.Name != "use" && id.Name != "send" {
						continue
					}
					ask := x.Context
					if id.Name == "send" {
						ask = x.Request
					}
					got := ask(f, call.Site.Args[0])
					if got.State != c.state || got.Limit != c.limit {
						t.Errorf("%s\nis found in state %d with limit %v, want %d with %v", c.src, got.State, got.Limit, c.state, c.limit)
					}
					return
				}
			}
			t.Fatal("no call of use or send")
		})
	}
}
