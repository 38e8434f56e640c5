package odoo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"handrail/internal/ticket"
)

// Kind says as what tickets are kept; a word of the configuration.
type Kind string

// The kinds of record.
const (
	Auto      Kind = "auto"      // the first of the following that is there
	Helpdesk  Kind = "helpdesk"  // tickets of Odoo Enterprise
	Community Kind = "community" // tickets of the OCA's helpdesk_mgmt
	Project   Kind = "project"   // tasks of a project
)

// Kinds lists the kinds, Auto first.
func Kinds() []Kind { return []Kind{Auto, Helpdesk, Community, Project} }

// Settings say how tickets are kept in Odoo. What is empty is found out.
type Settings struct {
	Kind Kind
	// Team is the team of a helpdesk's tickets, and Project the project of tasks, by name or id.
	Team, Project string
	// Stages name a stage, by name or id, for what stands under a step or is [ClosedStage].
	Stages map[string]string
	// Tags name the tag of each class; one with an empty name gets none. A class that is
	// not there has its usual one.
	Tags map[ticket.Class]string
	// CreateContacts allows to make a contact for a customer whom Odoo does not know.
	CreateContacts bool
}

// ClosedStage is what the stage of closed tickets is set under, beside the steps.
const ClosedStage = "closed"

// ParseStages reads "reception=New", "closed=Solved" and the like.
func ParseStages(list []string) (map[string]string, error) {
	var words []string
	for _, step := range ticket.Steps() {
		words = append(words, string(step))
	}
	words = append(words, ClosedStage)
	stages := make(map[string]string, len(list))
	for _, one := range list {
		word, stage, err := pair(one, words)
		if err != nil {
			return nil, err
		}
		if stage == "" {
			return nil, fmt.Errorf("%q names no stage", one)
		}
		if _, twice := stages[word]; twice {
			return nil, fmt.Errorf("%s is there twice", word)
		}
		stages[word] = stage
	}
	return stages, nil
}

// ParseTags reads "expedite=Urgent", "standard=" and the like; the single word
// "none" gives no class a tag.
func ParseTags(list []string) (map[ticket.Class]string, error) {
	var words []string
	for _, class := range ticket.Classes() {
		words = append(words, string(class))
	}
	tags := make(map[ticket.Class]string, len(list))
	if len(list) == 1 && strings.EqualFold(list[0], "none") {
		for _, class := range ticket.Classes() {
			tags[class] = ""
		}
		return tags, nil
	}
	for _, one := range list {
		word, tag, err := pair(one, words)
		if err != nil {
			return nil, err
		}
		if _, twice := tags[ticket.Class(word)]; twice {
			return nil, fmt.Errorf("%s is there twice", word)
		}
		tags[ticket.Class(word)] = tag
	}
	return tags, nil
}

// pair reads a word and what it is set to; "Follow-up" and "follow_up" are one word.
func pair(one string, words []string) (word, value string, err error) {
	word, value, _ = strings.Cut(one, "=")
	word = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(word)))
	if !strings.Contains(one, "=") || !slices.Contains(words, word) {
		return "", "", fmt.Errorf("%q is not understood, the words before the = are %s", one, strings.Join(words, ", "))
	}
	return word, strings.TrimSpace(value), nil
}

// usualTags are the names of the tags of classes, unless settings name others.
func usualTags() map[ticket.Class]string {
	return map[ticket.Class]string{
		ticket.Expedite: "Expedite", ticket.Fixed: "Fixed deadline", ticket.Priority: "Priority", ticket.Standard: "Standard",
	}
}

// tags gives the names of the tags in force.
func (s Settings) tags() map[ticket.Class]string {
	tags := usualTags()
	maps.Copy(tags, s.Tags)
	return tags
}
