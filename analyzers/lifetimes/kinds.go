package lifetimes

import (
	"go/types"
	"slices"
	"strings"
)

// A Kind is a kind of resource: how it comes into being and what ends it.
type Kind struct {
	Name string // for messages: "ticker"
	// Types are the handles: "*time.Ticker", or an interface by its name. There
	// are none if there is only a channel, or if any type may be the handle (see
	// Take).
	Types []string
	New   []string // the functions that create one, by full name
	// Makes are the names of methods that create one, whoever has them, if
	// their results are a handle and an error: (*sql.DB).Query, and that of an
	// interface in front of it.
	Makes   []string
	Release []string // the methods of the handle that end it
	Rearm   string   // the method of the handle that starts it anew
	Chan    string   // the field of the handle that a goroutine waits on
	// Part is the field of the handle that stands for it, and Shut the method of
	// that field which ends it: Body and Close. What is said of views holds for it.
	Part, Shut string
	Last       string   // the method of the handle that ends it when it returns false: Next
	Touch      []string // methods of the handle that are noted: see Use.Name
	Take       string   // the method that ends it as its argument: "(*sync.Pool).Put"
}

// The kinds that are followed.
var (
	Ticker = &Kind{Name: "ticker", Types: []string{"*time.Ticker"}, New: []string{"time.NewTicker"}, Release: []string{"Stop"}, Rearm: "Reset", Chan: "C"}
	Timer  = &Kind{Name: "timer", Types: []string{"*time.Timer"}, New: []string{"time.NewTimer", "time.AfterFunc"}, Release: []string{"Stop"}, Rearm: "Reset", Chan: "C"}
	Tick   = &Kind{Name: "ticker", New: []string{"time.Tick"}}

	// Response is that of a client. The response to a HEAD request has no body;
	// Write sends one on and closes its body.
	Response = &Kind{
		Name:    "response",
		Types:   []string{"*net/http.Response"},
		New:     []string{"net/http.Get", "net/http.Post", "net/http.PostForm"},
		Makes:   []string{"Do", "RoundTrip", "Get", "Post", "PostForm"},
		Release: []string{"Write"},
		Part:    "Body", Shut: "Close",
	}
	Rows = &Kind{
		Name:    "rows",
		Types:   []string{"*database/sql.Rows", "*github.com/jmoiron/sqlx.Rows", "github.com/jackc/pgx/v4.Rows", "github.com/jackc/pgx/v5.Rows"},
		Makes:   []string{"Query", "QueryContext", "Queryx", "QueryxContext", "NamedQuery", "NamedQueryContext"},
		Release: []string{"Close"},
		Last:    "Next",
	}
	Stmt = &Kind{
		Name:    "statement",
		Types:   []string{"*database/sql.Stmt", "*github.com/jmoiron/sqlx.Stmt", "*github.com/jmoiron/sqlx.NamedStmt"},
		Makes:   []string{"Prepare", "PrepareContext", "Preparex", "PreparexContext", "PrepareNamed", "PrepareNamedContext"},
		Release: []string{"Close"},
	}
	Tx = &Kind{
		Name:    "transaction",
		Types:   []string{"*database/sql.Tx", "*github.com/jmoiron/sqlx.Tx", "github.com/jackc/pgx/v4.Tx", "github.com/jackc/pgx/v5.Tx"},
		Makes:   []string{"Begin", "BeginTx", "Beginx", "BeginTxx"},
		Release: []string{"Commit", "Rollback"},
	}
	// DB is a pool of connections; what is noted is how its size is set.
	DB = &Kind{
		Name:    "database",
		Types:   []string{"*database/sql.DB", "*github.com/jmoiron/sqlx.DB"},
		New:     []string{"database/sql.Open", "database/sql.OpenDB", "github.com/jmoiron/sqlx.Open", "github.com/jmoiron/sqlx.Connect", "github.com/jmoiron/sqlx.ConnectContext"},
		Release: []string{"Close"},
		Touch:   []string{"SetMaxOpenConns", "SetMaxIdleConns", "SetConnMaxLifetime", "SetConnMaxIdleTime"},
	}
	// Pooled is an object of a sync.Pool. Its type is what the pool's user says.
	Pooled = &Kind{Name: "pooled object", New: []string{"(*sync.Pool).Get"}, Take: "(*sync.Pool).Put"}
)

var kinds = [...]*Kind{Ticker, Timer, Tick, Response, Rows, Stmt, Tx, DB, Pooled}

// closer is what stands for a resource where a function takes anything that
// can be closed. None is ever created.
var closer = &Kind{Name: "closer", Types: []string{"io.Closer", "io.ReadCloser"}, Release: []string{"Close"}, Shut: "Close"}

// A handleType is the type of a handle, without its name.
type handleType struct {
	pkg     string
	pointer bool
	kind    *Kind
}

// handleTypes, primitives and makers are the table of kinds, found by short names,
// since they are asked for each function and each call.
var (
	handleTypes = tabulateTypes()
	primitives  = tabulate(func(k *Kind) []string { return k.New })
	makers      = tabulate(func(k *Kind) []string { return k.Makes })
)

func tabulateTypes() map[string][]handleType {
	table := make(map[string][]handleType)
	for _, k := range append(kinds[:], closer) {
		for _, t := range k.Types {
			path, pointer := strings.CutPrefix(t, "*")
			dot := strings.LastIndexByte(path, '.')
			table[path[dot+1:]] = append(table[path[dot+1:]], handleType{path[:dot], pointer, k})
		}
	}
	return table
}

func tabulate(names func(*Kind) []string) map[string][]*Kind {
	table := make(map[string][]*Kind)
	for _, k := range kinds {
		for _, name := range names(k) {
			short := name[strings.LastIndexByte(name, '.')+1:]
			table[short] = append(table[short], k)
		}
	}
	return table
}

// kindOf returns the kind that t is the handle of, or nil.
func kindOf(t types.Type) *Kind {
	t = types.Unalias(t)
	p, pointer := t.(*types.Pointer)
	if pointer {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return nil
	}
	for _, h := range handleTypes[n.Obj().Name()] {
		if h.pointer == pointer && h.pkg == n.Obj().Pkg().Path() {
			return h.kind
		}
	}
	return nil
}

// creates returns the kind that a call of fn creates, or nil. It says nothing of
// functions of the package itself, which are followed.
func creates(fn *types.Func, local bool) *Kind {
	name := fn.Name()
	for _, k := range primitives[name] {
		if slices.Contains(k.New, fn.FullName()) {
			return k
		}
	}
	if local || len(makers[name]) == 0 || fn.Signature().Recv() == nil || fn.Signature().Results().Len() == 0 {
		return nil
	}
	res := fn.Signature().Results()
	k := kindOf(res.At(0).Type())
	if !slices.Contains(makers[name], k) || res.Len() != 2 || !isError(res.At(1).Type()) {
		return nil // what comes without an error was there before: a cache
	}
	return k
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// createdBy returns the kind that the function of that full name creates.
func createdBy(name string) *Kind {
	short := name[strings.LastIndexByte(name, '.')+1:]
	for _, k := range primitives[short] {
		if slices.Contains(k.New, name) {
			return k
		}
	}
	return makers[short][0] // no two kinds share one
}

// anyType reports whether a value of any type may be the handle.
func (k *Kind) anyType() bool { return k.Take != "" }

// hasHandle reports whether there is more to hold than a channel.
func (k *Kind) hasHandle() bool { return len(k.Types) > 0 || k.anyType() }

// byChannel reports whether what stands for the resource is a channel, not a part.
func (k *Kind) byChannel() bool { return k.IsTimer() }

// IsTimer reports whether it is one of package time.
func (k *Kind) IsTimer() bool { return k == Ticker || k == Timer || k == Tick }
