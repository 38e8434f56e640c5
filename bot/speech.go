package bot

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"handrail/cards"
	"handrail/internal/ticket"
)

//go:embed words/*.json
var wordFiles embed.FS

// catalog holds every word that people see, by language. It is built once and
// not changed after.
type catalog struct {
	bundle *i18n.Bundle
	// plain are the messages of English that mention nothing, and sentences
	// those that mention something and are the same for one and for many.
	plain     map[string]string
	sentences map[string]sentence
	// zones keeps the time zones that were asked for, by name.
	zones sync.Map
}

func newCatalog() (*catalog, error) {
	c := &catalog{bundle: i18n.NewBundle(language.English), plain: map[string]string{}, sentences: map[string]sentence{}}
	c.bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	files, err := fs.Glob(wordFiles, "words/*.en.json")
	if err != nil {
		return nil, fmt.Errorf("bot: find the words: %w", err)
	}
	for _, file := range files {
		data, err := wordFiles.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("bot: read %s: %w", file, err)
		}
		// go-i18n takes the language from the last part of the name but one.
		if _, err := c.bundle.ParseMessageFileBytes(data, path.Base(file)); err != nil {
			return nil, fmt.Errorf("bot: parse %s: %w", file, err)
		}
		var messages map[string]any
		if err := json.Unmarshal(data, &messages); err != nil {
			return nil, fmt.Errorf("bot: parse %s: %w", file, err)
		}
		for id, message := range messages {
			text, _ := message.(string) // a plural is an object
			if parsed, ok := parseSentence(text); ok && len(parsed) > 1 {
				c.sentences[id] = parsed
			} else if ok && text != "" {
				c.plain[id] = text
			}
		}
	}
	return c, nil
}

// speech says things to one reader: in their language and on their clock.
type speech struct {
	catalog   *catalog
	localizer *i18n.Localizer
	zone      *time.Location
	now       time.Time
}

// in gives the speech for a reader's locale and time zone, as an activity names
// them; English and UTC where it does not or they are unknown.
func (c *catalog) in(locale, zone string, now time.Time) speech {
	return speech{catalog: c, localizer: i18n.NewLocalizer(c.bundle, locale), zone: c.zone(zone), now: now}
}

// zone gives a time zone by its name. Loading one reads a file, so that those
// which exist are kept.
func (c *catalog) zone(name string) *time.Location {
	if known, ok := c.zones.Load(name); ok {
		if location, ok := known.(*time.Location); ok {
			return location
		}
	}
	location, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return time.UTC
	}
	c.zones.Store(name, location)
	return location
}

// args are what a sentence mentions. Texts of people among them are escaped
// where the sentence is shown as Markdown: see [speech.markdown].
type args map[string]any

// say gives the sentence with the id. A missing one is said by its id, so that
// a fault in the catalog is seen and nothing is lost.
func (s speech) say(id string, with ...args) string {
	if text, ok := s.catalog.plain[id]; ok {
		return text
	}
	if parsed, ok := s.catalog.sentences[id]; ok && len(with) > 0 {
		return parsed.with(with[0])
	}
	config := &i18n.LocalizeConfig{MessageID: id}
	if len(with) > 0 {
		config.TemplateData = map[string]any(with[0])
		if count, ok := with[0]["Count"]; ok {
			config.PluralCount = count
		}
	}
	// With an error comes the best there is: English for a sentence that the
	// reader's language lacks.
	text, _ := s.localizer.Localize(config)
	if text == "" && config.PluralCount != nil {
		// A sentence that is the same for one and for many, such as "1 h".
		config.PluralCount = nil
		text, _ = s.localizer.Localize(config)
	}
	if text == "" {
		return id
	}
	return text
}

// markdown gives the sentence for a place that shows Markdown: the texts among
// the arguments are data of people and are escaped.
func (s speech) markdown(id string, with args) string {
	safe := maps.Clone(with)
	for name, value := range safe {
		if text, ok := value.(string); ok {
			safe[name] = cards.Escape(text)
		}
	}
	return s.say(id, safe)
}

// words gives the static words of the cards.
func (s speech) words() cards.Words { return s.catalog.plain }

// fault gives what a person reads of a domain error; false for an error that
// is not theirs to read.
func (s speech) fault(err error) (string, bool) {
	if one, ok := errors.AsType[*ticket.Error](err); ok {
		return s.sentence(one), true
	}
	if many, ok := errors.AsType[ticket.Faults](err); ok {
		lines := make([]string, len(many))
		for i, fault := range many {
			lines[i] = s.sentence(fault)
		}
		return strings.Join(lines, " "), true
	}
	return "", false
}

// sentence says a domain error; stored words among its arguments are put into
// the reader's words.
func (s speech) sentence(e *ticket.Error) string {
	with := args{}
	for name, value := range e.Args {
		with[name] = value
		switch v := value.(type) {
		case time.Time:
			with[name] = s.when(v)
		case []string:
			with[name] = s.list(listedAs(name), v)
		case string:
			switch name {
			case "Item":
				with[name] = s.say("item." + v)
			case "Step":
				with[name] = s.say("step." + v)
			case "Level":
				with[name] = s.say("choice.level." + v)
			case "Outcome":
				with[name] = s.say("did." + v)
			}
		}
	}
	return s.say(e.Message, with)
}

// listedAs gives where the catalog has the words of a list of stored words.
func listedAs(name string) string {
	if name == "Parts" {
		return "lack."
	}
	return "missing."
}

// late tells whether an error is that of a click on a card which somebody else
// has overtaken.
func late(err error) (*ticket.Error, bool) {
	var e *ticket.Error
	return e, errors.As(err, &e) && e.Kind == ticket.Stale && e.Args["By"] != nil
}

// late says who was faster, with a sentence for the place where it is said.
func (s speech) late(id string, e *ticket.Error) string {
	return s.sentence(&ticket.Error{Kind: e.Kind, Message: id, Args: e.Args})
}

func (s speech) list(prefix string, ids []string) string {
	said := make([]string, len(ids))
	for i, id := range ids {
		said[i] = s.say(prefix + id)
	}
	return strings.Join(said, ", ")
}

// when says an instant on the reader's clock: the time alone where it is today.
func (s speech) when(at time.Time) string {
	local, now := at.In(s.zone), s.now.In(s.zone)
	if local.Year() == now.Year() && local.YearDay() == now.YearDay() {
		return local.Format("15:04")
	}
	return s.date(at)
}

// date says an instant on the reader's clock, with its day.
func (s speech) date(at time.Time) string {
	at = at.In(s.zone)
	clock, month := at.Format("15:04"), s.say("month."+strconv.Itoa(int(at.Month())))
	if at.Sub(s.now).Abs() < 300*24*time.Hour {
		weekday := s.say("weekday." + strconv.Itoa(int(at.Weekday())))
		return s.say("when.day", args{"Weekday": weekday, "Day": at.Day(), "Month": month, "Time": clock})
	}
	return s.say("when.year", args{"Day": at.Day(), "Month": month, "Year": at.Year(), "Time": clock})
}

// span says a length of time in its largest unit.
func (s speech) span(d time.Duration) string {
	switch d = d.Abs(); {
	case d < time.Minute:
		return s.say("span.now")
	case d < time.Hour:
		return s.say("span.minutes", args{"Count": int(d / time.Minute)})
	case d < 48*time.Hour:
		return s.say("span.hours", args{"Count": int((d + 30*time.Minute) / time.Hour)})
	default:
		return s.say("span.days", args{"Count": int((d + 12*time.Hour) / (24 * time.Hour))})
	}
}
