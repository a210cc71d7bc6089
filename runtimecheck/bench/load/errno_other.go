//go:build !windows

package load

import "syscall"

var errnos = [...]errnosOf{
	{Refused, []syscall.Errno{syscall.ECONNREFUSED}},
	{Reset, []syscall.Errno{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED}},
	{Timeout, []syscall.Errno{syscall.ETIMEDOUT}},
	{Exhausted, []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS, syscall.ENOMEM}},
}
