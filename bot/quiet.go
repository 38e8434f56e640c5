package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"handrail/cards"
	"handrail/internal/ticket"
)

// quietEnds are the words that end quiet hours.
func quietEnds() []string { return []string{"off", "end", "none", "no", "stop"} }

// hoursWord is a word of which hours are made: "20:00-07:00", "8pm", "to".
var hoursWord = regexp.MustCompile(`^(?:[\d:.h–—-]*(?:[ap]\.?m\.?)?[\d:.h–—-]*(?:[ap]\.?m\.?)?|from|to|until|till)$`)

// isHours tells whether words could be meant as hours, right or wrong.
func isHours(words []word) bool {
	return len(words) > 0 && !slices.ContainsFunc(words, func(w word) bool { return !hoursWord.MatchString(w.text) })
}

// quiet answers "quiet 20:00-07:00", "quiet off" and "quiet".
func (b *Bot) quiet(ctx context.Context, t *turn, rest string) error {
	words := fields(rest)
	switch {
	case len(words) == 0:
		return b.sayQuiet(ctx, t)
	case len(words) == 1 && slices.Contains(quietEnds(), words[0].text):
		_, had, err := b.store.Quiet(ctx, t.place().Tenant, t.place().Conversation)
		if err != nil {
			return err
		}
		if !had {
			return b.sayQuiet(ctx, t)
		}
		if err := b.desk.SetQuiet(ctx, t.place(), nil); err != nil {
			return err
		}
		return b.say(ctx, t, t.say("quiet.ended"))
	}
	from, to, err := ticket.ParseHours(rest)
	if err != nil {
		return err
	}
	zone := t.address.Zone
	if known, err := time.LoadLocation(zone); err != nil || zone == "Local" || known == time.UTC {
		zone = time.UTC.String()
	}
	quiet := ticket.Quiet{From: from, To: to, Zone: zone, By: t.actor.Person}
	if err := b.desk.SetQuiet(ctx, t.place(), &quiet); err != nil {
		return err
	}
	said := t.say("quiet.set", args{"Hours": quiet.Hours(), "Zone": zoneName(zone)})
	if zone == time.UTC.String() && t.address.Zone != zone {
		said += " " + t.say("quiet.no_zone")
	}
	return b.say(ctx, t, said)
}

// sayQuiet says which quiet hours a conversation has.
func (b *Bot) sayQuiet(ctx context.Context, t *turn) error {
	quiet, ok, err := b.store.Quiet(ctx, t.place().Tenant, t.place().Conversation)
	if err != nil {
		return err
	}
	if !ok {
		return b.say(ctx, t, t.say("quiet.none"))
	}
	return b.say(ctx, t, t.say("quiet.now", args{"Hours": quiet.Hours(), "Zone": zoneName(quiet.Zone)}))
}

// zoneName writes the name of a time zone, which came from a client, as Markdown.
func zoneName(zone string) string { return cards.Escape(strings.ReplaceAll(zone, "_", " ")) }
