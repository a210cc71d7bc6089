package claims

const severalListeners = "a listener per CPU (SO_REUSEPORT)"

func listenerClaims() []Claim {
	return []Claim{{
		ID:        "listener.reuseport",
		Technique: "several listeners on one port (SO_REUSEPORT), a worker each",
		Says:      "from 28,500 to 89,200 connections a second, and P99 from 42 to 21 ms",
		Holds: []Condition{
			more(severalListeners, "one listener", "op/s", 89.2/28.5),
			faster(severalListeners, "one listener", "p99-ns/op", 21.0/42),
		},
		Why:    "one accept queue is one lock, and one goroutine takes from it; with several, the kernel spreads connections by their hash, also to a listener whose worker is busy",
		Do:     "take it where accepting is what keeps you (many short connections, many CPUs), and look at the overflows of each queue (lagvet doctor, listeners); keeping connections open gains more",
		Effect: apart,
		bench:  benchListeners,
	}}
}
