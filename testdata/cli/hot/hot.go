// Package hot has a finding that counts because its code is hot.
package hot

import "sync"

type Book struct{ bids, asks, trades, audit sync.Mutex }

//lagvet:hot
func (b *Book) Match() int { return b.both() }

func (b *Book) both() int {
	b.bids.Lock()
	defer b.bids.Unlock()
	b.asks.Lock()
	defer b.asks.Unlock()
	b.trades.Lock()
	defer b.trades.Unlock()
	b.audit.Lock()
	defer b.audit.Unlock()
	return 1
}

func (b *Book) Idle() {}
