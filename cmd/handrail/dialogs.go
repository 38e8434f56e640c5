package main

import (
	"fmt"
	"net/url"
	"slices"
)

// Whether forms open as dialogs, as HANDRAIL_DIALOGS names it.
const (
	dialogsAuto = "auto"
	dialogsOn   = "on"
	dialogsOff  = "off"
)

// dialogFaults looks at whether forms open as dialogs.
func (c Config) dialogFaults() []string {
	if slices.Contains([]string{dialogsAuto, dialogsOn, dialogsOff}, c.Dialogs) {
		return nil
	}
	return []string{fmt.Sprintf("HANDRAIL_DIALOGS is %q: set auto, on or off", c.Dialogs)}
}

// dialogs tells whether forms open as dialogs. Teams can; what stands in for it on
// the machine itself, such as Microsoft's Agents Playground, fails at the button.
func (c Config) dialogs() bool {
	if c.Dialogs != dialogsAuto {
		return c.Dialogs == dialogsOn
	}
	return !c.Local() && !slices.ContainsFunc(c.BotServiceHosts, func(hostPort string) bool {
		address, err := url.Parse("https://" + hostPort)
		return err == nil && isLoopback(address.Hostname())
	})
}
