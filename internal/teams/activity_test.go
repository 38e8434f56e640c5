package teams_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
)

// decode reads an activity that has to be readable.
func decode(tb testing.TB, body string) *teams.Activity {
	tb.Helper()
	a, err := teams.Decode([]byte(body))
	if err != nil {
		tb.Fatalf("decode %s: %v", body, err)
	}
	return a
}

// recorded returns what Microsoft's Agents Playground 0.2.28 sent.
func recorded(tb testing.TB, name string) string {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "activities", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	return string(body)
}

func TestEveryRecordedActivityIsUnderstood(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "activities", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no recorded activities", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		a := decode(t, recorded(t, name))
		if a.Type == "" || a.Conversation.ID == "" || a.ServiceURL == "" || a.Tenant() == "" || a.Sender().ID == "" || a.Recipient.ID == "" {
			t.Errorf("%s: something is missing: %+v", name, a.Activity)
		}
		if !strings.HasPrefix(name, "messageReaction") && a.Timestamp.IsZero() {
			t.Errorf("%s has no time", name)
		}
		kind := a.ConversationKind()
		if strings.Contains(name, "-personal") && kind != teams.Personal ||
			strings.Contains(name, "-groupChat") && kind != teams.GroupChat ||
			strings.Contains(name, "-channel-") && !strings.Contains(name, "emulator") && kind != teams.Channel {
			t.Errorf("%s: the conversation is %q", name, kind)
		}
	}
}

func TestAChannelMessageTellsItsThreadTeamAndSender(t *testing.T) {
	t.Parallel()
	a := decode(t, recorded(t, "message-channel-text-custom-config"))
	id, thread := a.ConversationRoot()
	if id != "19:alerts@thread.tacv2" || thread != "1795429974015" {
		t.Errorf("root %q, thread %q", id, thread)
	}
	if a.ChannelData.Team.ID != "19:general@thread.tacv2" || a.ChannelData.Channel.ID != "19:alerts@thread.tacv2" {
		t.Errorf("channel data %+v", a.ChannelData)
	}
	if !strings.Contains(string(a.ChannelData.Raw), "teamsChannelId") {
		t.Errorf("raw channel data %s", a.ChannelData.Raw)
	}
	want := teams.Account{ID: "29:1alex", ObjectID: "11111111-0000-4000-8000-000000000000", Name: "Alex Wilber"}
	if a.Sender() != want {
		t.Errorf("sender %+v", a.Sender())
	}
	if a.Tenant() != "aaaaaaaa-0000-4000-8000-000000000001" || a.Timezone() != "UTC" || a.Locale != "en-US" {
		t.Errorf("tenant %q, zone %q, locale %q", a.Tenant(), a.Timezone(), a.Locale)
	}
	if want := time.Date(2026, 11, 23, 10, 32, 54, 16e6, time.UTC); !a.Timestamp.Equal(want) {
		t.Errorf("time %v", a.Timestamp)
	}
}

func TestAThreadIsANumberOtherThanZero(t *testing.T) {
	t.Parallel()
	for conversation, want := range map[string][2]string{
		"19:a@thread.tacv2;messageid=12":            {"19:a@thread.tacv2", "12"},
		"19:a@thread.tacv2;x=1;messageid=12":        {"19:a@thread.tacv2", "12"},
		"19:a@thread.tacv2;messageid=0":             {"19:a@thread.tacv2", ""},
		"19:a@thread.tacv2;messageid=":              {"19:a@thread.tacv2", ""},
		"19:a@thread.tacv2;messageid=1/../x":        {"19:a@thread.tacv2", ""},
		"19:a@thread.tacv2":                         {"19:a@thread.tacv2", ""},
		"a:1personal":                               {"a:1personal", ""},
		";messageid=5":                              {"", "5"},
		"19:a@thread.tacv2;messageid=7;messageid=8": {"19:a@thread.tacv2", "7"},
	} {
		a := decode(t, `{"type":"message","conversation":{"id":"`+conversation+`"}}`)
		if id, thread := a.ConversationRoot(); id != want[0] || thread != want[1] {
			t.Errorf("%s: root %q, thread %q", conversation, id, thread)
		}
	}
}

func TestFieldsOfTheWrongTypeAreLeftEmptyAndTheOthersRead(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"strings where objects should be": `"from":"x","recipient":"y","channelData":"z","entities":"e","attachments":"a","value":"v"`,
		"numbers": `"from":1,"recipient":2,"channelData":3,"entities":4,"attachments":5,"value":6,
			"timestamp":7,"locale":8,"id":9`,
		"null everywhere": `"from":null,"recipient":null,"channelData":null,"entities":null,
			"value":null,"timestamp":null,"attachments":null`,
		"arrays": `"from":[],"recipient":[],"channelData":[1],"attachments":[1,{"content":5}],
			"entities":[1,"x",null,[],{"type":"mention","mentioned":"x"},{"type":1}]`,
		"bad times": `"timestamp":"yesterday","localTimestamp":"2026-13-45","expiration":{}`,
		"wrong ones deeper": `"channelData":{"tenant":"t","team":5,"settings":{"selectedChannel":[]},"channel":{"id":1}},
			"membersAdded":"m","reactionsAdded":[5],"historyDisclosed":"no","relatesTo":1`,
	}
	for name, fields := range bodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := decode(t, `{"type":"message",`+fields+`,"conversation":{"isGroup":"yes","tenantId":1,"id":"c"},"text":"hi"}`)
			if a.Text != "hi" || a.Conversation.ID != "c" || a.Command() != "hi" {
				t.Errorf("text %q, conversation %q", a.Text, a.Conversation.ID)
			}
			if !a.Timestamp.IsZero() || a.Tenant() != "" || len(a.Mentions()) != 0 {
				t.Errorf("read from nothing: %+v", a)
			}
		})
	}
}

func TestOneBadFieldDoesNotHideTheNext(t *testing.T) {
	t.Parallel()
	a := decode(t, `{"type":"message","timestamp":"x","from":{"id":5,"name":"Ana","aadObjectId":"o"},
		"conversation":{"isGroup":"x","id":"c","tenantId":"t"},
		"channelData":{"team":1,"eventType":"editMessage"},"entities":[7,{"type":"clientInfo","locale":"vi-VN","timezone":"Asia/Saigon"}]}`)
	if got := a.Sender(); got.Name != "Ana" || got.ObjectID != "o" || got.ID != "" {
		t.Errorf("sender %+v", got)
	}
	if a.Tenant() != "t" || a.ChannelData.EventType != "editMessage" || a.Locale != "vi-VN" || a.Timezone() != "Asia/Saigon" {
		t.Errorf("tenant %q, event %q, locale %q, zone %q", a.Tenant(), a.ChannelData.EventType, a.Locale, a.Timezone())
	}
}

func TestWhatCannotBeAnsweredIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	for body, reason := range map[string]string{
		``:                                      "the body is not a JSON object",
		`hello`:                                 "the body is not a JSON object",
		`[]`:                                    "the body is not a JSON object",
		`null`:                                  "the body is not a JSON object",
		`{"type":"message"`:                     "the body is not JSON",
		`{"type":"message"} trailing`:           "the body is not JSON",
		`{}`:                                    "the activity has no type",
		`{"type":5}`:                            "the activity has no type",
		`{"type":"message"}`:                    "the activity has no conversation",
		`{"type":"invoke"}`:                     "the activity has no conversation",
		`{"type":"message","conversation":"x"}`: "the activity has no conversation",
		`{"type":"invoke","conversation":{"id":null}}`: "the activity has no conversation",
		strings.Repeat(`{"a":`, 20_000):                "the body is not JSON",
	} {
		_, err := teams.Decode([]byte(body))
		var bad *teams.DecodeError
		if !errors.As(err, &bad) || bad.Reason != reason {
			t.Errorf("%.40s: %v, want %q", body, err, reason)
		}
	}
}

func TestUnknownTypesNeedNoConversation(t *testing.T) {
	t.Parallel()
	if a := decode(t, ` {"type":"somethingNew"} `); a.Type != "somethingNew" {
		t.Error(a.Type)
	}
}

func TestNULIsDroppedAndEscapedBackslashesStay(t *testing.T) {
	t.Parallel()
	a := decode(t, `{"type":"message","conversation":{"id":"c"},"text":"a\u0000b \\u0000 \\\u0000c","value":{"k":"\u0000"}}`)
	if a.Text != `ab \u0000 \c` {
		t.Errorf("text %q", a.Text)
	}
	if strings.Contains(string(a.Value), "u0000") {
		t.Errorf("value %s", a.Value)
	}
}

func TestTheBotComesAndGoes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]bool{
		"installationUpdate-add-personal":            {true, false},
		"installationUpdate-add-channel":             {true, false},
		"installationUpdate-remove-personal":         {false, true},
		"conversationUpdate-membersAdded-personal":   {true, false},
		"conversationUpdate-membersRemoved-personal": {false, false},
		"conversationUpdate-teamMemberAdded-channel": {true, false},
		"conversationUpdate-channelRenamed-channel":  {false, false},
		"message-personal-text":                      {false, false},
		"messageReaction-personal-custom-activity":   {false, false},
		"invoke-adaptiveCard-action-personal":        {false, false},
		"conversationUpdate-membersAdded-groupChat":  {true, false},
		"invoke-composeExtension-queryLink-personal": {false, false},
		"conversationUpdate-channelCreated-channel":  {false, false},
		"installationUpdate-add-groupChat":           {true, false},
	} {
		a := decode(t, recorded(t, name))
		if a.BotAdded() != want[0] || a.BotRemoved() != want[1] {
			t.Errorf("%s: added %t, removed %t", name, a.BotAdded(), a.BotRemoved())
		}
	}
	gone := decode(t, `{"type":"conversationUpdate","recipient":{"id":"28:b"},"membersRemoved":[{"id":"29:x"},{"id":"28:b"}]}`)
	if !gone.BotRemoved() {
		t.Error("the bot's own removal is not seen")
	}
	if decode(t, `{"type":"conversationUpdate","membersAdded":[{}]}`).BotAdded() {
		t.Error("a member without id is taken for a bot without id")
	}
}
