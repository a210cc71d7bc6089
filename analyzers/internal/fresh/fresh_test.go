package fresh_test

import (
	"fmt"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/fresh"
	"github.com/lagvet/lagvet/analyzers/internal/outgoing"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

const src = `package p

import (
	"context"
	"database/sql"
	"net/http"
	"time"
)

var (
	db *sql.DB
	_  http.Handler
	_  time.Duration
)

type holder struct{ ctx context.Context }

func ask(ctx context.Context) error { return db.PingContext(ctx) }
func look(ctx context.Context)      { _ = ctx.Value(1) }

func atOnce(ctx context.Context) { db.PingContext(context.Background()) }

func byAFunction(ctx context.Context) { ask(context.TODO()) }

func notWaited(ctx context.Context) { look(context.TODO()) }

func withADeadline(ctx context.Context) { c, stop := context.WithTimeout(context.Background(), 1); defer stop(); ask(c) }

func aDeadlineBelow(ctx context.Context) { aDeadlineBelowG(context.Background()) }
func aDeadlineBelowG(ctx context.Context) error { c, stop := context.WithTimeout(ctx, 1); defer stop(); return ask(c) }

func withoutCancel(ctx context.Context) { ask(context.WithoutCancel(ctx)) }

func either(ctx context.Context, own bool) { c := context.Background(); if own { c = ctx }; ask(c) }

func aFallback(ctx context.Context) { if ctx == nil { ctx = context.Background() }; ask(ctx) }

func replaced(ctx context.Context) { ctx, stop := context.WithCancel(context.Background()); defer stop(); ask(ctx) }

func replacedAgain(ctx context.Context) { c := context.Background(); c = ctx; ask(c) }

func madeByAFunctionOwn() (context.Context, func()) { return context.WithTimeout(context.Background(), 1) }
func madeByAFunction(ctx context.Context) { c, stop := madeByAFunctionOwn(); defer stop(); ask(c) }

func withinG() error { return ask(context.Background()) }
func within(ctx context.Context) { withinG() }

func withinTwiceH() error { return ask(context.Background()) }
func withinTwiceG() error { return withinTwiceH() }
func withinTwice(ctx context.Context) { withinTwiceG() }

func keptOpen(ctx context.Context) *holder { ask(ctx); return &holder{ctx} }
func kept(ctx context.Context) *holder { return keptOpen(context.Background()) }

func keptForTheCallOpen(ctx context.Context) *holder { ask(ctx); return &holder{ctx} }
func keptForTheCall(ctx context.Context) { h := keptForTheCallOpen(context.Background()); look(h.ctx) }

func forAGoroutineRun(ctx context.Context) error { go look(ctx); return ask(ctx) }
func forAGoroutine(ctx context.Context) { forAGoroutineRun(context.Background()) }

func aLifetimeRun(ctx context.Context) error { <-ctx.Done(); return nil }
func aLifetime(ctx context.Context) { aLifetimeRun(context.Background()) }

func aSelectTake(ctx context.Context, c chan int) { select { case <-c: case <-ctx.Done(): } }
func aSelect(ctx context.Context, c chan int) { aSelectTake(context.Background(), c) }

func aGlanceTry(ctx context.Context) { select { case <-ctx.Done(): default: } }
func aGlance(ctx context.Context) { aGlanceTry(context.Background()) }

func aRequest(ctx context.Context) { r, _ := http.NewRequestWithContext(context.Background(), "GET", "", nil); http.DefaultClient.Do(r) }

func aRequestMended(ctx context.Context) { r, _ := http.NewRequestWithContext(context.Background(), "GET", "", nil); http.DefaultClient.Do(r.WithContext(ctx)) }

func inAGoroutine(ctx context.Context) { go ask(context.Background()) }

func withoutACaller() { ask(context.Background()) }
`

// wants are what is broken, by function: what waits in the end, "until" where it
// has a deadline, and the doubt about the context in scope.
var wants = map[string][]string{
	"atOnce":          {"(*sql.DB).PingContext"},
	"byAFunction":     {"(*sql.DB).PingContext"},
	"withADeadline":   {"(*sql.DB).PingContext until"},
	"aDeadlineBelow":  {"(*sql.DB).PingContext until"},
	"replaced":        {"(*sql.DB).PingContext"},
	"madeByAFunction": {"(*sql.DB).PingContext until"},
	"within":          {"(*sql.DB).PingContext"},
	"withinTwice":     {"(*sql.DB).PingContext"},
	"keptForTheCall":  {"(*sql.DB).PingContext"},
	"aSelect":         {"a select"},
	"aRequest":        {"(*http.Client).Do"},
	"inAGoroutine":    {"(*sql.DB).PingContext, a goroutine that nobody waits for"},
}

func TestBreaks(t *testing.T) {
	p := passtest.Load(t, src)
	p.AllObjectFacts = func() []analysis.ObjectFact { return nil }
	var err error
	for _, a := range []*analysis.Analyzer{values.Analyzer, contexts.Analyzer, callers.Analyzer, outgoing.Analyzer, fresh.Analyzer} {
		if p.ResultOf[a], err = a.Run(p.Pass); err != nil {
			t.Fatal(err)
		}
	}
	got := make(map[string][]string)
	for _, b := range p.ResultOf[fresh.Analyzer].(*fresh.Index).Breaks {
		text := b.Wait.Name
		if b.Wait.Bound {
			text += " until"
		}
		if d := b.Place.Source.Doubt; d != "" {
			text = fmt.Sprintf("%s, %s", text, d)
		}
		name := b.Call.Caller.Outermost().Obj.Name()
		got[name] = append(got[name], text)
	}
	for _, f := range p.Funcs.Funcs {
		if f.Obj == nil {
			continue
		}
		if name := f.Obj.Name(); !slices.Equal(got[name], wants[name]) {
			t.Errorf("%s: broken are %q, want %q", name, got[name], wants[name])
		}
	}
}
