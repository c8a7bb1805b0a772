package io.keypost.e2e.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Public fields, which should be constants or parts of a value. */
final class FieldsThatOthersSee {
  private FieldsThatOthersSee() {}

  static ArchCondition<JavaClass> beFinal() {
    return new ArchCondition<>("have only final public fields") {
      @Override
      public void check(JavaClass javaClass, ConditionEvents events) {
        for (JavaField field : javaClass.getFields()) {
          if (field.getModifiers().contains(JavaModifier.PUBLIC)
              && !field.getModifiers().contains(JavaModifier.FINAL)) {
            events.add(SimpleConditionEvent.violated(field, field.getFullName() + " is not final"));
          }
        }
      }
    };
  }
}
