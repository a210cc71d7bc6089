// Package p takes the locks of another package.
package p

import "example.com/p/q"

type user struct {
	*q.Table
	other q.Table
}

func (u *user) both() { // want `^0.Table.mu read, 0.other.mu, 0.other.rows.Mutex\.$`
	u.Get()
	u.other.Set(1)
}

func each(t *q.Table, f func()) { // want `^0.mu, calls 1 under \[0.mu\]\.$`
	t.Each(f)
}
