// Package errgroup has the shape of the package of that name.
package errgroup

type Group struct {
	err error
	sem chan struct{}
}

func (g *Group) Go(f func() error) {
	if g.sem != nil {
		g.sem <- struct{}{}
	}
	go func() {
		defer func() {
			if g.sem != nil {
				<-g.sem
			}
		}()
		g.err = f()
	}()
}

func (g *Group) SetLimit(n int) { g.sem = make(chan struct{}, n) }
func (g *Group) Wait() error    { return g.err }
