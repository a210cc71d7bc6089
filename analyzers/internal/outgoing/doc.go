// Package outgoing follows requests of net/http and commands of os/exec from
// where they are made to where they are sent or run, and tells whether they are
// given a context on the way: by WithContext or Clone, on every path.
//
// A function that is handed one is looked into, in other packages of the module
// through facts; one of a dependency counts only if it has the shape of
// [net/http.RoundTripper]. What cannot be followed, and what the code itself
// manages (a process that it ends, a command that is waited for elsewhere), is
// taken to be sent by nobody: when in doubt, silent.
package outgoing
