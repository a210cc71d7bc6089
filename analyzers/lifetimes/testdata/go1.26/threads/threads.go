package threads

import "runtime"

func deferred() {
	runtime.LockOSThread() // want `LockOSThread: release$`
	defer runtime.UnlockOSThread()
}

func onePath(ok bool) {
	runtime.LockOSThread() // want `LockOSThread: release unreleased:return$`
	if ok {
		return
	}
	runtime.UnlockOSThread()
}

func helped() {
	runtime.LockOSThread() // want `LockOSThread: hand$`
	unlock()
}

func unlock() { runtime.UnlockOSThread() }
