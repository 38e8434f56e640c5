//go:build linux || darwin

package main

import "syscall"

// freeBytes tells how much room the disk of a directory has for this user.
func freeBytes(dir string) (free uint64, known bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, false
	}
	return disk.Bavail * uint64(disk.Bsize), true
}
