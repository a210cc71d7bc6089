package timesheet

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lagvet/lagvet/analyzers/internal/parcel"
)

// A Sheet is what there is to say of one package. Functions go by their full names, as
// types.Func.FullName prints them; literals by that of the function around them, a $ and
// the place. Places are file:line:column.
type Sheet struct {
	Package string   `json:"package"`
	Main    bool     `json:"main,omitempty"`
	Imports []string `json:"imports,omitempty"` // but for the standard library
	Routes  []Route  `json:"routes,omitempty"`
	Servers []Server `json:"servers,omitempty"`
	Funcs   []Func   `json:"funcs,omitempty"`
	// Interfaces are the methods of the interfaces that calls are made by, and Types
	// those of the types of the package: a type implements an interface if it has its
	// methods. A method goes by its name and the hash of its signature.
	Interfaces map[string][]string          `json:"interfaces,omitempty"`
	Types      map[string]map[string]string `json:"types,omitempty"` // full names of methods
	// Failed says why there is nothing else here, though there may be: a fault of lagvet.
	Failed string `json:"failed,omitempty"`
	// Mounts is set if routers are mounted below others.
	Mounts bool `json:"mounts,omitempty"`
	// Intercepts is where clients of gRPC are given what may set deadlines or retry:
	// interceptors or a service configuration.
	Intercepts string `json:"intercepts,omitempty"`
}

// A Route is an endpoint.
type Route struct {
	Posn    string `json:"posn"`
	Method  string `json:"method,omitempty"`
	Pattern string `json:"pattern,omitempty"`
	Partial bool   `json:"partial,omitempty"` // there may be more in front of the pattern
	// Root is set if there is more only where the whole router is mounted below another.
	Root     bool     `json:"root,omitempty"`
	RPC      string   `json:"rpc,omitempty"`      // full name of a remote method, instead of both
	Handlers []string `json:"handlers"`           // full names
	Returned []string `json:"returned,omitempty"` // functions that return what handles it
	Limits   []Amount `json:"limits,omitempty"`
	Keys     []string `json:"keys,omitempty"` // of routers
}

// A Server is one that answers HTTP.
type Server struct {
	Posn  string   `json:"posn"`
	Write Amount   `json:"write"`
	Keys  []string `json:"keys,omitempty"`
}

// A State says how much is known of an amount of time.
type State string

// The states of an amount.
const (
	Known   State = "known"
	None    State = "none" // nothing sets it
	Unknown State = "unknown"
)

// An Amount is the time that something gives.
type Amount struct {
	State State         `json:"state"`
	Time  time.Duration `json:"time,omitempty"` // nanoseconds
	What  string        `json:"what,omitempty"` // who gives it: "WriteTimeout", "context.WithTimeout"
	Posn  string        `json:"posn,omitempty"`
	Given *Given        `json:"given,omitempty"` // unknown here: a parameter says it
}

// A Func is a function with calls that lead on.
type Func struct {
	Name    string   `json:"name"`
	Posn    string   `json:"posn"`
	Returns []string `json:"returns,omitempty"` // the functions and literals that it returns
	Sites   []Site   `json:"sites,omitempty"`
	// Extends is set if it moves the deadline of its answer itself.
	Extends bool `json:"extends,omitempty"`
}

// A Site is a call that leads on.
type Site struct {
	Posn string `json:"posn"`
	// Arms are the branches that it stands in, the outermost first: of one branch only
	// one arm is run.
	Arms []Arm `json:"arms,omitempty"`
	// Aside is set if the function does not wait for it, and Together if it does, for
	// all such calls at once.
	Aside    bool `json:"aside,omitempty"`
	Together bool `json:"together,omitempty"`
	// Loop is set if it is made for each of several things.
	Loop bool `json:"loop,omitempty"`

	To        []string `json:"to,omitempty"`        // what is called, or passed and so called
	Interface string   `json:"interface,omitempty"` // by which Method is called
	Method    string   `json:"method,omitempty"`

	Context Bound  `json:"context"`
	Retry   *Retry `json:"retry,omitempty"`
	Args    []Arg  `json:"args,omitempty"` // those of which something is known
	Ask     *Ask   `json:"ask,omitempty"`
}

// An Arm is one way at a branch.
type Arm struct {
	Branch int `json:"branch"` // its number in the function
	Way    int `json:"way"`
}

// A Bound is the deadline of the context that a call is given.
type Bound struct {
	Amount
	// Inherits is set if the context that the function was given bounds it, too.
	Inherits bool `json:"inherits,omitempty"`
	// Each is set if every attempt has the deadline anew.
	Each bool `json:"each,omitempty"`
	// Func is the function that sets it, if that is one around the literal that calls.
	Func string `json:"func,omitempty"`
}

// A Retry says how often a call is made at most.
type Retry struct {
	Attempts int    `json:"attempts,omitempty"` // 0 if that is not known
	Posn     string `json:"posn"`
	By       string `json:"by,omitempty"` // the library or function; empty for a loop
}

// An Arg is a string, or a duration in nanoseconds, that a function is given.
type Arg struct {
	Index int `json:"index"`
	Text
	Time time.Duration `json:"time,omitempty"`
}

// A Given is a parameter of a function.
type Given struct {
	Func  string `json:"func"`
	Index int    `json:"index"`
}

// A Text is what is known of a string.
type Text struct {
	Const string `json:"const,omitempty"` // all of it or its start
	Whole bool   `json:"whole,omitempty"` // Const is all of it
	From  string `json:"from,omitempty"`  // the setting that it comes from: "$STOCK_URL"
	Given *Given `json:"given,omitempty"` // the parameter that it comes from
}

// Kinds of what is asked.
const (
	HTTP    = "http"
	GRPC    = "grpc"
	SQL     = "sql"
	Redis   = "redis"
	Dial    = "dial"
	Lookup  = "lookup"
	Mail    = "mail"
	Command = "command"
	Client  = "client"
)

// An Ask is a call that leads out of the process.
type Ask struct {
	Kind   string `json:"kind"`
	By     string `json:"by"` // the function that asks
	To     Text   `json:"to"` // a URL or an address
	Path   string `json:"path,omitempty"`
	RPC    string `json:"rpc,omitempty"`
	Limit  Amount `json:"limit"` // that the client gives one attempt
	Stream bool   `json:"stream,omitempty"`
	Via    []Step `json:"via,omitempty"` // to By, if that is not called here
}

// A Step is a call on the way.
type Step struct {
	Posn string `json:"posn,omitempty"`
	Text string `json:"text"`
}

func encode(s *Sheet) (string, error) {
	js, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("encoding what %s answers and asks: %w", s.Package, err)
	}
	text, err := parcel.Pack(js)
	if err != nil {
		return "", fmt.Errorf("encoding what %s answers and asks: %w", s.Package, err)
	}
	return text, nil
}

// Decode reads the category of a diagnostic that [Analyzer] reported.
func Decode(category string) (*Sheet, error) {
	js, err := parcel.Unpack(category)
	if err != nil {
		return nil, fmt.Errorf("decoding what a package answers and asks: %w", err)
	}
	s := new(Sheet)
	if err := json.Unmarshal(js, s); err != nil {
		return nil, fmt.Errorf("decoding what a package answers and asks: %w", err)
	}
	return s, nil
}
