package drop

import "time"

func serve(in <-chan int, stop <-chan struct{}) {
	for {
		select {
		case n := <-in:
			println(n)
		case <-stop:
			return
		default: // want `proven: this default`
		}
	}
}

func rests(in <-chan int, stop <-chan struct{}) {
	for {
		select {
		case n := <-in:
			println(n)
		case <-stop:
			return
		default:
			time.Sleep(time.Millisecond) // want `likely: this select sleeps`
		}
	}
}

var _ = time.Now

// It asks for more than the select does.
func flagged(in <-chan int, on *bool) {
	for *on {
		select {
		case n := <-in:
			println(n)
		default: // want `proven: this default`
		}
	}
}
