// Package ticket is the domain of Handrail: tickets, the seven steps that a
// support engineer is guided through, their checklists and gates, the class of
// service, clocks, escalations, the history, and the use cases that change
// them. It knows the rules of the desk and nothing else: no chat, no card, no
// database, no HTTP. What it needs from outside stands in ports.go; time and
// keys are given to it. It imports the standard library only.
package ticket
