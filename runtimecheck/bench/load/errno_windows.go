package load

import (
	"syscall"

	"golang.org/x/sys/windows"
)

var errnos = [...]errnosOf{
	{Refused, []syscall.Errno{windows.WSAECONNREFUSED}},
	{Reset, []syscall.Errno{windows.WSAECONNRESET, windows.WSAECONNABORTED}},
	{Timeout, []syscall.Errno{windows.WSAETIMEDOUT}},
	{Exhausted, []syscall.Errno{windows.WSAEMFILE, windows.WSAEADDRNOTAVAIL, windows.WSAENOBUFS}},
}
