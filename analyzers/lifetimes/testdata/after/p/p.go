package p

func mark() {}
func a()    {}
func b()    {}
func stop() {}

func sequence() {
	a()
	mark() // want `then: b$`
	b()
}

func loop(n int) {
	for range n {
		a()
		mark() // want `then: a b mark$`
	}
	b()
}

func stopped(ok bool) {
	mark() // want `then: b stop$`
	if ok {
		stop()
		a()
		return
	}
	b()
}

func excluded(ok bool) {
	if ok {
		mark() // want `then: b b$`
	}
	if other() {
		b()
	}
	if ok {
		b()
	} else {
		a()
	}
}
func other() bool { return true }

func fatal() {
	a()
	panic("fatal")
}

func dies(ok bool) {
	mark() // want `then: a fatal$`
	if ok {
		fatal()
		b()
	}
	a()
}

func negated(ok bool) {
	if !ok {
		mark() // want `then: b$`
	}
	if ok {
		a()
	}
	b()
}

func ranged(xs []int) {
	for _, x := range xs {
		a()
		mark() // want `then: b$`
		_ = x
	}
	b()
}
