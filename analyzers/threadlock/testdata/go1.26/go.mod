module example.com/threadlock

go 1.26

require (
	github.com/vishvananda/netns v0.0.0
	golang.org/x/sys v0.0.0
)

replace (
	github.com/vishvananda/netns => ./stubs/netns
	golang.org/x/sys => ./stubs/sys
)
