package command

import "time"

// It sets a watcher going and then waits for ever: the ticker goes on for no
// longer than the process does.
func serve() error {
	go watch()
	select {}
}

func watch() {
	for range time.Tick(time.Second) {
		if changed() {
			return
		}
	}
}
