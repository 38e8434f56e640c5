package odoo

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/ticket"
)

// stage is a stage of a team or project.
type stage struct {
	id   int64
	name string
	// closed tells that work has ended there.
	closed bool
}

// path says which stage a step has, and which steps a stage stands for.
type path struct {
	stages []stage
	// steps has a stage for each step; end is that of closed tickets.
	steps map[ticket.Step]int64
	end   int64
}

var errNoStages = errors.New("there are no stages")

// newPath finds the stage of each step among the stages of a team, in their order.
// A step that the settings name has that stage, and so have those after it that they
// do not name, but for Reception, which has its stage for itself. Else a stage is found by the names that Odoo's apps come with, and in
// another language by its place: the first is where tickets begin, the next where
// they are worked on, and one in which work has ended is the end.
func newPath(stages []stage, settings map[string]string) (path, error) {
	p := path{stages: stages, steps: make(map[ticket.Step]int64)}
	if len(stages) == 0 {
		return p, errNoStages
	}
	began, working, ended := stageWords()
	open := slices.DeleteFunc(slices.Clone(stages), func(s stage) bool { return s.closed })
	closed := slices.DeleteFunc(slices.Clone(stages), func(s stage) bool { return !s.closed })
	if len(open) == 0 {
		open = stages
	}
	last := slices.Clone(open)
	if len(closed) == 0 { // nothing tells the end but its name, or being the last
		slices.Reverse(last)
		closed = last
	}
	first := called(open, began, 0)
	work := called(open, working, min(slices.Index(open, first)+1, len(open)-1))
	p.end = called(closed, ended, 0).id
	if work.id == p.end && len(open) > 1 {
		work = first
	}
	p.steps[ticket.Reception] = first.id
	now := work.id
	for _, step := range ticket.Steps() {
		name, ok := settings[string(step)]
		if ok {
			found, err := p.find(name)
			if err != nil {
				return p, err
			}
			p.steps[step] = found.id
		}
		switch {
		case step == ticket.Reception:
		case ok:
			now = p.steps[step]
		default:
			p.steps[step] = now
		}
	}
	if name, ok := settings[ClosedStage]; ok {
		found, err := p.find(name)
		if err != nil {
			return p, err
		}
		p.end = found.id
	}
	return p, nil
}

// called gives the first stage with one of the words as its name, or the one at a place.
func called(stages []stage, words []string, place int) stage {
	for _, word := range words {
		for _, s := range stages {
			if strings.ToLower(s.name) == word {
				return s
			}
		}
	}
	return stages[place]
}

// find gives the stage with a name or id.
func (p path) find(name string) (stage, error) {
	for _, s := range p.stages {
		if strings.EqualFold(s.name, name) {
			return s, nil
		}
	}
	names := make([]string, len(p.stages))
	for i, s := range p.stages {
		if strconv.FormatInt(s.id, 10) == name {
			return s, nil
		}
		names[i] = s.name
	}
	return stage{}, fmt.Errorf("there is no stage %q, there are %s", name, strings.Join(names, ", "))
}

// stageOf gives the stage for where a ticket stands.
func (p path) stageOf(standing ticket.Standing) int64 {
	if standing.State == ticket.Closed {
		return p.end
	}
	return p.steps[standing.Step]
}

// stepsOf gives the steps that a stage stands for, and whether work has ended there;
// false for a stage that is not known.
func (p path) stepsOf(id int64) (steps []ticket.Step, closed, known bool) {
	for _, step := range ticket.Steps() {
		if p.steps[step] == id {
			steps = append(steps, step)
		}
	}
	at := slices.IndexFunc(p.stages, func(s stage) bool { return s.id == id })
	if at < 0 {
		return nil, false, false
	}
	// A stage that the settings give to a step is no end, however it looks in Odoo.
	return steps, id == p.end || p.stages[at].closed && len(steps) == 0, true
}
