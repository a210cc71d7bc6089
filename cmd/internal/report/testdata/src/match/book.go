package match

import "sync"

type book struct{ mu sync.Mutex }

func (b *book) best() {
	b.mu.Lock()
	defer b.mu.Unlock()
}
