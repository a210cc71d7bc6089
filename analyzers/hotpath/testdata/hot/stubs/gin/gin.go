// Package gin has what the fixtures need of the real one.
package gin

type Context struct{}
