#include "text/personal_data.h"

#include <gtest/gtest.h>

#include <random>

#include "core/error.h"
#include "text/unicode.h"

namespace aisle {
namespace {

std::string masked(std::string text, const PersonalDataMasker& masker = PersonalDataMasker()) {
  masker.mask(text);
  return text;
}

TEST(PersonalData, D3_EmailAddressesAreMasked) {
  EXPECT_EQ(masked("Contact: jean.dupont@example.fr."), "Contact: [email].");
  EXPECT_EQ(masked("<a.b+c_d@mail.example.co.uk>, x@y.org"), "<[email]>, [email]");
  EXPECT_EQ(masked("mailto:info@exämple.de!"), "mailto:[email]!");
  EXPECT_EQ(masked("(o'neil@example.com)"), "([email])");
  EXPECT_EQ(masked("a@b.fr06 12, c@d.org.1 e@xn--p1ai.xn--p1ai"), "[email]06 12, [email].1 [email]");
  for (const char* text : {"user@localhost", "@home", "3 @ 5.00 each", "a@b", "git@github:x", "foo@.com", "x@1.2.3.4",
                           "@@@@", "me@exa..mple"})
    EXPECT_EQ(masked(text), text);
}

TEST(PersonalData, D3_PhoneNumbersAreMasked) {
  for (const char* number :
       {"06 12 34 56 78", "0612345678", "06.12.34.56.78", "06-12-34-56-78", "+33 6 12 34 56 78", "+33612345678",
        "+33 (0)6 12 34 56 78", "0033 6 12 34 56 78", "01 42 68 53 00", "01\u00A042\u00A068\u00A053\u00A000",
        "04.78.42.00.00", "+44 20 7946 0958", "+44 (0)20 7946 0958", "+1 650-253-0000", "+1 (650) 253-0000",
        "+49 30 123456", "+32 2 555 12 12", "0 800 123 456", "07 81 23 45 67"}) {
    const std::string text = std::string("Appelez le ") + number + " ou passez";
    EXPECT_EQ(masked(text), "Appelez le [phone] ou passez") << number;
    EXPECT_EQ(masked(number), "[phone]") << number;
    EXPECT_EQ(masked(std::string("Tél : ") + number + "."), "Tél : [phone].") << number;
    EXPECT_EQ(masked(std::string("(") + number + ")"), "([phone])") << number;
  }
  EXPECT_EQ(masked("Call 06 12 34 56 78, or 01 42 68 53 00."), "Call [phone], or [phone].");
  EXPECT_EQ(masked("3 pièces, 06 12 34 56 78"), "3 pièces, [phone]");
}

TEST(PersonalData, D3_OtherNumbersOfACatalogueStay) {
  for (const char* text : {"EAN 3017620422003",
                           "3017620422003",
                           "ISBN 978-2-07-036822-8",
                           "ISBN 2-07-036822-X",
                           "ISBN : 0306406152",
                           "ISBN-10: 0-306-40615-2",
                           "0-306-40615-2",
                           "2-07-036822-X",
                           "978 2 07 036822 8",
                           "Réf. 0612345678",
                           "ref: 0145678912",
                           "Référence n° 0612345678",
                           "SKU 0123456789",
                           "code article 0645789123",
                           "2023-01-15 10:30:00",
                           "15/01/2023",
                           "01.02.2023",
                           "du 01/06/2023 au 30/09/2023",
                           "12 345 678,90 €",
                           "1 234 567 890",
                           "$1,234,567.89",
                           "0.612345678",
                           "3.14159265358979",
                           "192.168.100.200",
                           "10.0.0.1",
                           "version 1.2.3.4567",
                           "v2.0.1-20230115",
                           "1.0.0+20130313144700",
                           "640x480 1920x1080",
                           "32 x 45 x 12 cm",
                           "48 x 0,50 x 1200 mm",
                           "ABC0612345678",
                           "0612345678X",
                           "#0612345678",
                           "SIRET 552 100 554 00025",
                           "FR76 3000 6000 0112 3456 7890 189",
                           "4970 1012 3456 7890",
                           "1-2-3-4-5-6-7-8-9-10",
                           "10 20 30 40 50 60 70 80 90",
                           "RAL 9010 9016 7016",
                           "1234567890123456789",
                           "70 ans 1940 1950 1960",
                           "MacBook 2019 2020 2021",
                           "A4 210 x 297 mm 80 g 500 f",
                           "12V 24V 48V 230V",
                           "00000000000",
                           "MPN 06123-45678-9",
                           "linux-image-6.1.0-13-amd64 6.1.55-1",
                           "sha 0123456789abcdef",
                           "EN 60825-1:2014",
                           "ISO 9001:2015 14001:2015",
                           "06:12:34:56:78:90",
                           "2001:db8::1234:5678",
                           "lot 0698765432"}) {
    EXPECT_EQ(masked(text), text);
  }
}

TEST(PersonalData, D3_TheRegionSaysHowNationalNumbersAreRead) {
  EXPECT_EQ(masked("Call (650) 253-0000 now", PersonalDataMasker("US")), "Call [phone] now");
  EXPECT_EQ(masked("Call 020 7946 0958 now", PersonalDataMasker("GB")), "Call [phone] now");
  EXPECT_EQ(masked("Call (650) 253-0000 now"), "Call (650) 253-0000 now");
  EXPECT_THROW(PersonalDataMasker("XX"), Error);
  EXPECT_THROW(PersonalDataMasker("fr"), Error);
}

TEST(PersonalData, D3_PatternsOfTheListAreMasked) {
  const PersonalDataMasker masker(
      "FR", {{"iban", "FR\\d{2}( ?\\d{4}){5} ?\\d{3}"}, {"plate", "\\b[A-Z]{2}-\\d{3}-[A-Z]{2}\\b"}});
  std::string text = "IBAN FR76 3000 6000 0112 3456 7890 189, AB-123-CD, a@b.fr, 06 12 34 56 78, x@y.fr";
  const PersonalDataCounts counts = masker.mask(text);
  EXPECT_EQ(text, "IBAN [iban], [plate], [email], [phone], [email]");
  EXPECT_EQ(counts.emails, 2);
  EXPECT_EQ(counts.phones, 1);
  EXPECT_EQ(counts.others, 2);
  EXPECT_EQ(counts.total(), 5);
}

TEST(PersonalData, D3_BrokenPatternsAreRefusedByName) {
  try {
    PersonalDataMasker("FR", {{"good", "x"}, {"bad", "(a"}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(describe(error).find("bad"), std::string::npos) << describe(error);
    EXPECT_NE(describe(error).find("missing )"), std::string::npos) << describe(error);
  }
  EXPECT_THROW(PersonalDataMasker("FR", {{"empty", "a*"}}), Error);
  EXPECT_THROW(PersonalDataMasker("FR", {{"bad name", "a"}}), Error);
  EXPECT_THROW(PersonalDataMasker("FR", std::vector<PersonalDataPattern>(101, {"x", "x"})), Error);
}

TEST(PersonalData, D3_MaskingAgainFindsNothing) {
  std::string text = "a@b.fr 06 12 34 56 78";
  const PersonalDataMasker masker;
  EXPECT_EQ(masker.mask(text).total(), 2);
  EXPECT_EQ(masker.mask(text).total(), 0);
}

TEST(PersonalData, AnyMixtureOfSignsIsMaskedWithoutHarm) {
  static const std::vector<std::string> kPool = {"06 12 34 56 78",
                                                 "+33 6 12 34 56 78",
                                                 "+1 650-253-0000",
                                                 "a.b@example.fr",
                                                 " ",
                                                 " ",
                                                 "(",
                                                 ")",
                                                 "+",
                                                 "x",
                                                 "ext. 5",
                                                 "x123",
                                                 "0",
                                                 "12",
                                                 "/",
                                                 "-",
                                                 ".",
                                                 "@",
                                                 "\u00A0",
                                                 "é",
                                                 ",",
                                                 "[phone]",
                                                 ";ext=1",
                                                 "ISBN "};
  const PersonalDataMasker masker;
  std::mt19937 random(6);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (int i = 0; i < 8; ++i) text += kPool[random() % kPool.size()];
    const std::string before = text;
    masker.mask(text);
    EXPECT_EQ(text.find("a.b@example.fr"), std::string::npos) << before;
    EXPECT_EQ(find_utf8_fault(text), std::nullopt) << before;
  }
}

TEST(PersonalData, LongListsOfNumbersAreMaskedInBoundedTime) {
  std::string numbers;
  for (int i = 0; i < 50'000; ++i) numbers += std::to_string(i * 7919) + " ";
  EXPECT_TRUE(masked(numbers + ". 06 12 34 56 78").ends_with(" [phone]"));
  std::string phones;
  for (int i = 0; i < 50'000; ++i) phones += "06 12 34 56 78, ";
  EXPECT_EQ(masked(phones).find("12"), std::string::npos);
}

}  // namespace
}  // namespace aisle
