package outgoing

import (
	"go/types"

	"honnef.co/go/tools/go/types/typeutil"
)

// A Kind is what a call makes and a later call sends or runs.
type Kind struct {
	typ   string          // the type, behind one pointer
	gives map[string]bool // methods that return it with a context
	runs  map[string]bool // methods that start the I/O and wait for it
	start string          // the method that starts the I/O without waiting
	wait  string          // the method that waits for what start started
	owns  map[string]bool // fields by whose use the code shows that it ends the I/O itself
}

var (
	// Requests are the requests of net/http.
	Requests = &Kind{
		typ:   "net/http.Request",
		gives: map[string]bool{"WithContext": true, "Clone": true},
	}
	// Commands are the commands of os/exec.
	Commands = &Kind{
		typ:   "os/exec.Cmd",
		runs:  map[string]bool{"Run": true, "Output": true, "CombinedOutput": true},
		start: "Start",
		wait:  "Wait",
		owns:  map[string]bool{"Process": true, "Cancel": true},
	}
)

// Of returns the kind of a value of type t, or nil.
func Of(t types.Type) *Kind {
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return nil
	}
	for _, c := range []*Kind{Requests, Commands} {
		if typeutil.IsTypeWithName(p.Elem(), c.typ) {
			return c
		}
	}
	return nil
}

// Sends reports whether a function of signature sig has the shape of
// [net/http.RoundTripper] and [net/http.Client.Do], whoever implements it.
func Sends(sig *types.Signature) bool {
	return sig.Params().Len() == 1 && typeutil.IsPointerToTypeWithName(sig.Params().At(0).Type(), Requests.typ) &&
		sig.Results().Len() == 2 && typeutil.IsPointerToTypeWithName(sig.Results().At(0).Type(), "net/http.Response")
}
