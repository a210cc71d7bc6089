// Package fiber has what the fixtures need of the real one.
package fiber

type Ctx struct{}
