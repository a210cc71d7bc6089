// Package hotcall finds calls in hot code that cost more than their names say.
package hotcall
