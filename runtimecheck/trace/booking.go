package trace

// A booking is by how much accounts grew between two samples, by the number of the
// first of them.
type booking struct {
	throttled []int64
	threads   map[int64]*waits // nil if the samples have no threads
}

// waits are those of one thread on run queues, from some sample on.
type waits struct {
	first int
	grown []int64
	room  []int64 // time in which the thread did not run
}

// book reads accounts. The kernel books a wait when it ends, however many samples were
// taken meanwhile: what is more than can have been between two samples was before them.
func book(samples []Sample) booking {
	b := booking{throttled: make([]int64, len(samples)-1)}
	between := make([]int64, len(samples)-1)
	for i := range between {
		from, to := &samples[i], &samples[i+1]
		between[i] = int64(to.At - from.At)
		b.throttled[i] = max(0, int64(to.Throttled-from.Throttled))
		b.addThreads(i, from, to)
	}
	bringForward(b.throttled, between)
	for _, w := range b.threads {
		bringForward(w.grown, w.room)
	}
	return b
}

// addThreads adds what threads waited. One that was not there before began at zero.
func (b *booking) addThreads(i int, from, to *Sample) {
	if from.Threads == nil || to.Threads == nil {
		return
	}
	if b.threads == nil {
		b.threads = make(map[int64]*waits)
	}
	for id, waited := range to.Threads {
		w := b.threads[id]
		if w == nil {
			w = &waits{first: i}
			b.threads[id] = w
		}
		for w.first+len(w.grown) < i { // it was gone, or is another one of that number
			w.grown, w.room = append(w.grown, 0), append(w.room, 0)
		}
		ran := max(0, to.Running[id]-from.Running[id])
		w.grown = append(w.grown, max(0, int64(waited-from.Threads[id])))
		w.room = append(w.room, max(0, int64(to.At-from.At-ran)))
	}
}

// bringForward moves what is more than there is room for to where there is room before.
// What is left at the beginning was before all samples.
func bringForward(grown, room []int64) {
	left := int64(0)
	for i := len(grown) - 1; i >= 0; i-- {
		all := grown[i] + left
		grown[i] = min(all, room[i])
		left = all - grown[i]
	}
}

// waited is what a thread waited after a sample, at most.
func (b *booking) waited(sample int, thread int64) int64 {
	w := b.threads[thread]
	if w == nil || sample < w.first || sample-w.first >= len(w.grown) {
		return 0
	}
	return w.grown[sample-w.first]
}
